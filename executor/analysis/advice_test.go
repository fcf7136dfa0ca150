package analysis

import (
	"strings"
	"testing"

	"carriles/executor/batch/result"
)

func TestAdvise(t *testing.T) {
	for _, tt := range []struct {
		name    string
		d       Demand
		action  string
		devices int
		urgency string
		says    string
	}{
		{"nobody", Demand{}, ScaleUp, 1, highUrgency, "No machine is in the room."},
		{"nothing done yet", Demand{Devices: 2, Lanes: 4, Rate: 9}, Maintain, 2, lowUrgency, "No image has been done yet"},
		// 4/s x 0.5 s = 2 lanes busy; at 70 % that takes 3 lanes, 2 devices of 2.
		{"enough", Demand{Devices: 2, Lanes: 4, Rate: 4, Service: 0.5}, Maintain, 2, lowUrgency, "2.00 lanes busy, 50% of"},
		{"too few", Demand{Devices: 1, Lanes: 2, Rate: 4, Service: 0.5}, ScaleUp, 2, lowUrgency, "2.00 lanes busy, 100% of"},
		{"far too few", Demand{Devices: 1, Lanes: 2, Rate: 6, Service: 0.5}, ScaleUp, 3, highUrgency, "3.00 lanes busy, 150% of"},
		{"too many", Demand{Devices: 5, Lanes: 10, Rate: 1, Service: 0.5}, ScaleDown, 1, lowUrgency, "0.50 lanes busy, 5% of"},
		// 60 that wait are 2 a second for 30 s.
		{"a queue", Demand{Devices: 1, Lanes: 1, Waiting: 60, Service: 1}, ScaleUp, 3, highUrgency, "2.00 lanes busy, 200% of"},
		{"never enough", Demand{Devices: 1, Lanes: 1, Rate: 100, Service: 1}, ScaleUp, MaxDevices, highUrgency, "100.00 lanes busy"},
		// With sigma 0.5 two lanes are worth 2/1.5 = 1.33, ten 10/5.5 = 1.82: 1 lane busy takes 3 (1.5 x 0.7 = 1.05).
		{"lanes that hinder each other", Demand{Devices: 1, Lanes: 1, Rate: 1, Service: 1, Law: &result.ScalingFit{Serial: 0.5, R2: 0.9}}, ScaleUp, 3, lowUrgency, "1.00 lanes busy, 100% of"},
		// The peak of sigma 0, kappa 0.1 is 3 lanes: more would do less.
		{"beyond the peak", Demand{Devices: 5, Lanes: 5, Rate: 9, Service: 1, Law: &result.ScalingFit{Coherency: 0.1}}, ScaleDown, 3, lowUrgency, "9.00 lanes busy"},
	} {
		a := Advise(tt.d)
		if a.Action != tt.action || a.Recommended != tt.devices || a.Urgency != tt.urgency || !strings.Contains(a.Reason.EN, tt.says) || a.Reason.ES == "" || a.Note.ES == "" {
			t.Errorf("%s: %+v", tt.name, a)
		}
	}
}
