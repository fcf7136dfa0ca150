//go:build goexperiment.simd && !scalar

package blur

import "testing"

func TestPartnerPlans(t *testing.T) {
	checkBytePlans(t, partnerPlan, 2, levelRoom, true, [maxByteLevels][]int{{6}, {8, 4}, {9, 7, 4}})
}

// TestPartnerRows: those that are not the widest of this processor.
func TestPartnerRows(t *testing.T) { checkByteRows(t, partnerRows()) }
