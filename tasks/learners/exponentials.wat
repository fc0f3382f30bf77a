;; Exponentials of a list of float32 scores, each less another number, and their sums; two at a time, step for step as
;; `exponential` of exponential.ts computes one. Addresses and sizes are in bytes. Powers of 2 lie at 0, what is taken
;; off at 40,960 (float32), the sums at 57,344 (float64), the scores at 90,112 (float32).
;; `npm run build:wasm` turns this into exponentials.wasm.ts.
(module
  (memory (export "memory") 2)

  ;; `end`: of the scores, from 0, a multiple of 8; the others are the constants of exponential.ts.
  (func (export "exponentials")
    (param $end i32) (param $least f64) (param $inverse f64) (param $high f64) (param $low f64)
    (local $at i32) (local $x v128) (local $place v128) (local $index v128) (local $r v128)
    (loop $next
      (local.set $x
        (f64x2.max
          (f64x2.splat (local.get $least))
          (f64x2.sub
            (f64x2.promote_low_f32x4 (v128.load64_zero offset=90112 (local.get $at)))
            (f64x2.promote_low_f32x4 (v128.load64_zero offset=40960 (local.get $at))))))
      (local.set $place
        (f64x2.floor
          (f64x2.sub
            (f64x2.splat (f64.const 0.5))
            (f64x2.mul (local.get $x) (f64x2.splat (local.get $inverse))))))
      (local.set $index (i32x4.shl (i32x4.trunc_sat_f64x2_u_zero (local.get $place)) (i32.const 3)))
      (local.set $r
        (f64x2.add
          (f64x2.add (local.get $x) (f64x2.mul (local.get $place) (f64x2.splat (local.get $high))))
          (f64x2.mul (local.get $place) (f64x2.splat (local.get $low)))))
      (local.set $x
        (f64x2.add
          (f64x2.splat (f64.const 0.008333333333333333))
          (f64x2.mul (local.get $r) (f64x2.splat (f64.const 0.001388888888888889)))))
      (local.set $x
        (f64x2.add (f64x2.splat (f64.const 0.041666666666666664)) (f64x2.mul (local.get $r) (local.get $x))))
      (local.set $x
        (f64x2.add (f64x2.splat (f64.const 0.16666666666666666)) (f64x2.mul (local.get $r) (local.get $x))))
      (local.set $x (f64x2.add (f64x2.splat (f64.const 0.5)) (f64x2.mul (local.get $r) (local.get $x))))
      (local.set $x (f64x2.add (f64x2.splat (f64.const 1)) (f64x2.mul (local.get $r) (local.get $x))))
      (local.set $x (f64x2.add (f64x2.splat (f64.const 1)) (f64x2.mul (local.get $r) (local.get $x))))
      (local.set $x
        (f32x4.demote_f64x2_zero
          (f64x2.mul
            (v128.load64_lane 1
              (i32x4.extract_lane 1 (local.get $index))
              (v128.load64_zero (i32x4.extract_lane 0 (local.get $index))))
            (local.get $x))))
      (v128.store64_lane offset=90112 0 (local.get $at) (local.get $x))
      (v128.store offset=57344
        (i32.shl (local.get $at) (i32.const 1))
        (f64x2.add
          (v128.load offset=57344 (i32.shl (local.get $at) (i32.const 1)))
          (f64x2.promote_low_f32x4 (local.get $x))))
      (local.set $at (i32.add (local.get $at) (i32.const 8)))
      (br_if $next (i32.lt_u (local.get $at) (local.get $end))))))
