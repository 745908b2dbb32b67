/* Where a guest begins: it waits for an input, handles it, and waits again. Its stack lies below the program, so that it grows into nothing. */
  .set noreorder
  .section .text.start, "ax"
  .globl _start
_start:
  lui $29, %hi(__stack_top - 16)
  addiu $29, $29, %lo(__stack_top - 16)
1:
  addiu $2, $0, 5008
  syscall
  jal handle
  nop
  j 1b
  nop
