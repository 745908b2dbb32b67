;; Modules that must be refused.
(assert_invalid (module (func (result i32) (i64.const 0))) "type mismatch")
(assert_invalid (module (func (drop (local.get 0)))) "unknown local")
(assert_invalid (module (memory 1) (func (drop (i32.load align=8 (i32.const 0))))) "alignment must not be larger than natural")
(assert_invalid (module (global i32 (i32.ctz (i32.const 0)))) "constant expression required")
(assert_invalid (module (memory 65537)) "memory size must be at most 65536 pages (4GiB)")
(assert_invalid (module (memory 1) (memory 1)) "multiple memories")
(assert_malformed (module binary "") "unexpected end")
(assert_malformed (module binary "\00asm") "unexpected end")
(assert_malformed (module binary "\00asm\02\00\00\00") "unknown binary version")
(assert_malformed (module binary "\00asm\01\00\00\00" "\7f\00") "malformed section id")
(assert_malformed (module binary "\00asm\01\00\00\00" "\01\05\01\60\00\01") "unexpected end")
;; The memory of memory.grow is a byte that must be zero, not a number that may be written at any length.
(assert_malformed
  (module binary
    "\00asm" "\01\00\00\00"
    "\01\04\01\60\00\00"
    "\03\02\01\00"
    "\05\03\01\00\00"
    "\0a\0a\01\08\00\41\00\40\80\00\1a\0b")
  "zero byte expected")
(assert_malformed (module quote "(func (result i32) (i32.const 0x1_0000_0000))") "constant out of range")
(assert_malformed (module quote "(func") "unexpected token")
(module (func (export "still") (result i32) (i32.const 1)))
(assert_invalid (module (func (result f32) (i32.const 0))) "type mismatch")
(assert_return (invoke "still") (i32.const 1))
