;; Sums over two rows of float32 values, x and y, in fixed orders. Addresses and sizes are in bytes.
;; `npm run build:wasm` turns this into paired-sums.wasm.ts. Steps are written out, for a call costs more than a step.
(module
  (memory (export "memory") 16)

  ;; Σ (x − y)² in four lanes; of sixteen values the last four first. `bytes` is a multiple of 64.
  (func (export "squares") (param $x i32) (param $y i32) (param $bytes i32) (result f32)
    (local $end i32) (local $d v128) (local $sum v128)
    (local.set $end (i32.add (local.get $x) (local.get $bytes)))
    (block $done
      (loop $next
        (br_if $done (i32.ge_u (local.get $x) (local.get $end)))
        (local.set $d (f32x4.sub (v128.load offset=48 (local.get $x)) (v128.load offset=48 (local.get $y))))
        (local.set $sum (f32x4.add (local.get $sum) (f32x4.mul (local.get $d) (local.get $d))))
        (local.set $d (f32x4.sub (v128.load offset=32 (local.get $x)) (v128.load offset=32 (local.get $y))))
        (local.set $sum (f32x4.add (local.get $sum) (f32x4.mul (local.get $d) (local.get $d))))
        (local.set $d (f32x4.sub (v128.load offset=16 (local.get $x)) (v128.load offset=16 (local.get $y))))
        (local.set $sum (f32x4.add (local.get $sum) (f32x4.mul (local.get $d) (local.get $d))))
        (local.set $d (f32x4.sub (v128.load (local.get $x)) (v128.load (local.get $y))))
        (local.set $sum (f32x4.add (local.get $sum) (f32x4.mul (local.get $d) (local.get $d))))
        (local.set $x (i32.add (local.get $x) (i32.const 64)))
        (local.set $y (i32.add (local.get $y) (i32.const 64)))
        (br $next)))
    (call $join (local.get $sum)))

  ;; Σ x² in the order of `squares`.
  (func (export "ownSquares") (param $x i32) (param $bytes i32) (result f32)
    (local $end i32) (local $d v128) (local $sum v128)
    (local.set $end (i32.add (local.get $x) (local.get $bytes)))
    (block $done
      (loop $next
        (br_if $done (i32.ge_u (local.get $x) (local.get $end)))
        (local.set $d (v128.load offset=48 (local.get $x)))
        (local.set $sum (f32x4.add (local.get $sum) (f32x4.mul (local.get $d) (local.get $d))))
        (local.set $d (v128.load offset=32 (local.get $x)))
        (local.set $sum (f32x4.add (local.get $sum) (f32x4.mul (local.get $d) (local.get $d))))
        (local.set $d (v128.load offset=16 (local.get $x)))
        (local.set $sum (f32x4.add (local.get $sum) (f32x4.mul (local.get $d) (local.get $d))))
        (local.set $d (v128.load (local.get $x)))
        (local.set $sum (f32x4.add (local.get $sum) (f32x4.mul (local.get $d) (local.get $d))))
        (local.set $x (i32.add (local.get $x) (i32.const 64)))
        (br $next)))
    (call $join (local.get $sum)))

  ;; Σ (x ÷ a − y ÷ b)² in the order of `squares`.
  (func (export "quotients") (param $x i32) (param $ofX f32) (param $y i32) (param $ofY f32) (param $bytes i32) (result f32)
    (local $end i32) (local $a v128) (local $b v128) (local $d v128) (local $sum v128)
    (local.set $a (f32x4.splat (local.get $ofX)))
    (local.set $b (f32x4.splat (local.get $ofY)))
    (local.set $end (i32.add (local.get $x) (local.get $bytes)))
    (block $done
      (loop $next
        (br_if $done (i32.ge_u (local.get $x) (local.get $end)))
        (local.set $d
          (f32x4.sub
            (f32x4.div (v128.load offset=48 (local.get $x)) (local.get $a))
            (f32x4.div (v128.load offset=48 (local.get $y)) (local.get $b))))
        (local.set $sum (f32x4.add (local.get $sum) (f32x4.mul (local.get $d) (local.get $d))))
        (local.set $d
          (f32x4.sub
            (f32x4.div (v128.load offset=32 (local.get $x)) (local.get $a))
            (f32x4.div (v128.load offset=32 (local.get $y)) (local.get $b))))
        (local.set $sum (f32x4.add (local.get $sum) (f32x4.mul (local.get $d) (local.get $d))))
        (local.set $d
          (f32x4.sub
            (f32x4.div (v128.load offset=16 (local.get $x)) (local.get $a))
            (f32x4.div (v128.load offset=16 (local.get $y)) (local.get $b))))
        (local.set $sum (f32x4.add (local.get $sum) (f32x4.mul (local.get $d) (local.get $d))))
        (local.set $d
          (f32x4.sub
            (f32x4.div (v128.load (local.get $x)) (local.get $a))
            (f32x4.div (v128.load (local.get $y)) (local.get $b))))
        (local.set $sum (f32x4.add (local.get $sum) (f32x4.mul (local.get $d) (local.get $d))))
        (local.set $x (i32.add (local.get $x) (i32.const 64)))
        (local.set $y (i32.add (local.get $y) (i32.const 64)))
        (br $next)))
    (call $join (local.get $sum)))

  ;; Σ |x − y| in eight lanes. `bytes` is a multiple of 32.
  (func (export "absolutes") (param $x i32) (param $y i32) (param $bytes i32) (result f32)
    (local $end i32) (local $low v128) (local $high v128)
    (local.set $end (i32.add (local.get $x) (local.get $bytes)))
    (block $done
      (loop $next
        (br_if $done (i32.ge_u (local.get $x) (local.get $end)))
        (local.set $low
          (f32x4.add
            (local.get $low)
            (f32x4.abs (f32x4.sub (v128.load (local.get $x)) (v128.load (local.get $y))))))
        (local.set $high
          (f32x4.add
            (local.get $high)
            (f32x4.abs (f32x4.sub (v128.load offset=16 (local.get $x)) (v128.load offset=16 (local.get $y))))))
        (local.set $x (i32.add (local.get $x) (i32.const 32)))
        (local.set $y (i32.add (local.get $y) (i32.const 32)))
        (br $next)))
    (f32.add (call $join (local.get $low)) (call $join (local.get $high))))

  ;; Σ x · y in four rows of sixteen lanes, each product and sum rounded once (products of two float32 values are exact
  ;; in float64); then eight lanes of each row, the rows one after the other, four lanes. `bytes` is a multiple of 256.
  (func (export "product") (param $x i32) (param $y i32) (param $bytes i32) (result f32)
    (local $row i32) (local $at i32) (local $a v128) (local $b v128) (local $low v128) (local $high v128)
    (local $s0 v128) (local $s1 v128) (local $s2 v128) (local $s3 v128)
    (local $s4 v128) (local $s5 v128) (local $s6 v128) (local $s7 v128)
    (loop $rows
      (local.set $s0 (v128.const i64x2 0 0))
      (local.set $s1 (v128.const i64x2 0 0))
      (local.set $s2 (v128.const i64x2 0 0))
      (local.set $s3 (v128.const i64x2 0 0))
      (local.set $s4 (v128.const i64x2 0 0))
      (local.set $s5 (v128.const i64x2 0 0))
      (local.set $s6 (v128.const i64x2 0 0))
      (local.set $s7 (v128.const i64x2 0 0))
      (local.set $at (local.get $row))
      (block $done
        (loop $next
          (br_if $done (i32.ge_u (local.get $at) (local.get $bytes)))
          (local.set $a (v128.load (i32.add (local.get $x) (local.get $at))))
          (local.set $b (v128.load (i32.add (local.get $y) (local.get $at))))
          (local.set $s0
            (f64x2.promote_low_f32x4
              (f32x4.demote_f64x2_zero
                (f64x2.add
                  (local.get $s0)
                  (f64x2.mul
                    (f64x2.promote_low_f32x4 (local.get $a))
                    (f64x2.promote_low_f32x4 (local.get $b)))))))
          (local.set $s1
            (f64x2.promote_low_f32x4
              (f32x4.demote_f64x2_zero
                (f64x2.add
                  (local.get $s1)
                  (f64x2.mul
                    (f64x2.promote_low_f32x4 (i8x16.shuffle 8 9 10 11 12 13 14 15 8 9 10 11 12 13 14 15 (local.get $a) (local.get $a)))
                    (f64x2.promote_low_f32x4 (i8x16.shuffle 8 9 10 11 12 13 14 15 8 9 10 11 12 13 14 15 (local.get $b) (local.get $b))))))))
          (local.set $a (v128.load offset=16 (i32.add (local.get $x) (local.get $at))))
          (local.set $b (v128.load offset=16 (i32.add (local.get $y) (local.get $at))))
          (local.set $s2
            (f64x2.promote_low_f32x4
              (f32x4.demote_f64x2_zero
                (f64x2.add
                  (local.get $s2)
                  (f64x2.mul
                    (f64x2.promote_low_f32x4 (local.get $a))
                    (f64x2.promote_low_f32x4 (local.get $b)))))))
          (local.set $s3
            (f64x2.promote_low_f32x4
              (f32x4.demote_f64x2_zero
                (f64x2.add
                  (local.get $s3)
                  (f64x2.mul
                    (f64x2.promote_low_f32x4 (i8x16.shuffle 8 9 10 11 12 13 14 15 8 9 10 11 12 13 14 15 (local.get $a) (local.get $a)))
                    (f64x2.promote_low_f32x4 (i8x16.shuffle 8 9 10 11 12 13 14 15 8 9 10 11 12 13 14 15 (local.get $b) (local.get $b))))))))
          (local.set $a (v128.load offset=32 (i32.add (local.get $x) (local.get $at))))
          (local.set $b (v128.load offset=32 (i32.add (local.get $y) (local.get $at))))
          (local.set $s4
            (f64x2.promote_low_f32x4
              (f32x4.demote_f64x2_zero
                (f64x2.add
                  (local.get $s4)
                  (f64x2.mul
                    (f64x2.promote_low_f32x4 (local.get $a))
                    (f64x2.promote_low_f32x4 (local.get $b)))))))
          (local.set $s5
            (f64x2.promote_low_f32x4
              (f32x4.demote_f64x2_zero
                (f64x2.add
                  (local.get $s5)
                  (f64x2.mul
                    (f64x2.promote_low_f32x4 (i8x16.shuffle 8 9 10 11 12 13 14 15 8 9 10 11 12 13 14 15 (local.get $a) (local.get $a)))
                    (f64x2.promote_low_f32x4 (i8x16.shuffle 8 9 10 11 12 13 14 15 8 9 10 11 12 13 14 15 (local.get $b) (local.get $b))))))))
          (local.set $a (v128.load offset=48 (i32.add (local.get $x) (local.get $at))))
          (local.set $b (v128.load offset=48 (i32.add (local.get $y) (local.get $at))))
          (local.set $s6
            (f64x2.promote_low_f32x4
              (f32x4.demote_f64x2_zero
                (f64x2.add
                  (local.get $s6)
                  (f64x2.mul
                    (f64x2.promote_low_f32x4 (local.get $a))
                    (f64x2.promote_low_f32x4 (local.get $b)))))))
          (local.set $s7
            (f64x2.promote_low_f32x4
              (f32x4.demote_f64x2_zero
                (f64x2.add
                  (local.get $s7)
                  (f64x2.mul
                    (f64x2.promote_low_f32x4 (i8x16.shuffle 8 9 10 11 12 13 14 15 8 9 10 11 12 13 14 15 (local.get $a) (local.get $a)))
                    (f64x2.promote_low_f32x4 (i8x16.shuffle 8 9 10 11 12 13 14 15 8 9 10 11 12 13 14 15 (local.get $b) (local.get $b))))))))
          (local.set $at (i32.add (local.get $at) (i32.const 256)))
          (br $next)))
      (local.set $low
        (f32x4.add
          (local.get $low)
          (f32x4.add
            (call $pack (local.get $s0) (local.get $s1))
            (call $pack (local.get $s4) (local.get $s5)))))
      (local.set $high
        (f32x4.add
          (local.get $high)
          (f32x4.add
            (call $pack (local.get $s2) (local.get $s3))
            (call $pack (local.get $s6) (local.get $s7)))))
      (local.set $row (i32.add (local.get $row) (i32.const 64)))
      (br_if $rows (i32.lt_u (local.get $row) (i32.const 256))))
    (call $join (f32x4.add (local.get $low) (local.get $high))))

  ;; (first + second) + (third + fourth)
  (func $join (param $v v128) (result f32)
    (f32.add
      (f32.add (f32x4.extract_lane 0 (local.get $v)) (f32x4.extract_lane 1 (local.get $v)))
      (f32.add (f32x4.extract_lane 2 (local.get $v)) (f32x4.extract_lane 3 (local.get $v)))))

  ;; Four sums in float32 from two pairs in float64.
  (func $pack (param $low v128) (param $high v128) (result v128)
    (i8x16.shuffle 0 1 2 3 4 5 6 7 16 17 18 19 20 21 22 23
      (f32x4.demote_f64x2_zero (local.get $low))
      (f32x4.demote_f64x2_zero (local.get $high)))))
