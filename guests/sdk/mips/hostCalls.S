/* The host calls: arguments are where the C calling convention has them, the call's number is in $2, 5000 more than on other machines. */
  .set noreorder
  .macro host_call name, number
  .section .text.host_\name, "ax"
  .globl host_\name
host_\name:
  addiu $2, $0, 5000 + \number
  syscall
  jr $31
  nop
  .endm

  host_call input_word, 0
  host_call publish, 1
  host_call reject, 2
  host_call preimage_word, 3
  host_call log, 4
  host_call keccak256, 5
  host_call ecrecover, 6
  host_call sha256, 7
