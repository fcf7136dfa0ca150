//go:build goexperiment.simd && !scalar

package blur

import "testing"

func TestPartnerPlans(t *testing.T) { checkBytePlans(t, partnerPlan, 2, levelRoom) }

// TestPartnerRows: those that are not the widest of this processor.
func TestPartnerRows(t *testing.T) { checkByteRows(t, partnerRows()) }
