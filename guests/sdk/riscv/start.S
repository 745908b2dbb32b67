/* Where a guest begins: it waits for an input, handles it, and waits again. Its stack lies below the program, so that it grows into nothing. */
  .section .text.start, "ax"
  .globl _start
_start:
  la sp, __stack_top
1:
  li a7, 8
  ecall
  call handle
  j 1b
