package notebook

import (
	"fmt"
	"math"
	"reflect"
	"strings"
)

// Expect prints whether the answer to an exercise is right. The line begins with ✓ if got has the type and length of
// want and no number in it differs by more than tolerance; else it begins with ✗ and shows both. got and want are
// numbers, strings, or slices or arrays of them. Expect does not end the cell, so a notebook with open exercises still
// runs from top to bottom.
func Expect(what string, got, want any, tolerance float64) {
	if near(reflect.ValueOf(got), reflect.ValueOf(want), tolerance) {
		fmt.Printf("✓ %s\n", what)
		return
	}
	fmt.Printf("✗ %s: got %s, want %s\n", what, shown(got), shown(want))
}

// shown writes an answer, its numbers with five digits. Strings are written in full, which %.5v would cut off.
func shown(answer any) string {
	if strings.Contains(fmt.Sprintf("%T", answer), "string") {
		return fmt.Sprintf("%q", answer)
	}
	if strings.Contains(fmt.Sprintf("%T", answer), "float") {
		return fmt.Sprintf("%.5v", answer)
	}
	return fmt.Sprint(answer)
}

// near reports whether two values are equal, but for numbers that differ by the tolerance at most.
func near(got, want reflect.Value, tolerance float64) bool {
	if !got.IsValid() || !want.IsValid() {
		return got.IsValid() == want.IsValid()
	}
	if got.Type() != want.Type() {
		return false
	}
	switch got.Kind() {
	case reflect.Slice, reflect.Array:
		if got.Len() != want.Len() {
			return false
		}
		for i := range got.Len() {
			if !near(got.Index(i), want.Index(i), tolerance) {
				return false
			}
		}
		return true
	case reflect.Float32, reflect.Float64:
		return got.Float() == want.Float() || math.Abs(got.Float()-want.Float()) <= tolerance
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		return math.Abs(float64(got.Int()-want.Int())) <= tolerance
	default:
		return reflect.DeepEqual(got.Interface(), want.Interface())
	}
}
