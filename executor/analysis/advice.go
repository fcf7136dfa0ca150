package analysis

import (
	"math"

	"carriles/executor/batch/result"
	"carriles/executor/text"
)

// Demand is what is asked of the room, and what it can do.
type Demand struct {
	Rate    float64 // images that arrive a second
	Service float64 // seconds of one lane that an image takes, its ways included; 0: none was done
	Waiting int     // images that wait now
	Devices int
	Lanes   int // of all of them
	// Law is the Universal Scalability Law fitted to rounds with different numbers of
	// lanes; nil where there were too few.
	Law *result.ScalingFit
}

// The bounds of advice: how much of the lanes' time work should take, since beyond
// it waiting grows without end, in how many seconds what waits should be gone, and
// how many workers are ever recommended.
const (
	busyEnough  = 0.7
	soonEnough  = 30.0
	MinDevices  = 1
	MaxDevices  = 8
	ScaleUp     = "scale_up"
	ScaleDown   = "scale_down"
	Maintain    = "maintain"
	highUrgency = "high"
	lowUrgency  = "low"
)

// Advice is how many workers there should be, and why.
type Advice struct {
	Action      string
	Recommended int
	Reason      text.Text
	Confidence  float64 // 0 to 1: how much of it was measured
	Urgency     string
	Note        text.Text
}

// Advise tells how many workers a demand needs.
//
// By Little's law (J. D. C. Little, "A Proof for the Queuing Formula L = λW",
// Operations Research 9, 1961) λ images a second of S seconds each keep L = λS
// lanes busy, whatever comes in which order. What waits is counted to the rate as
// if it had soonEnough to be done. n lanes do as much as C(n) = n/(1 + σ(n-1) +
// κn(n-1)) that do not hinder each other, by the law that was fitted, or n where
// none was: enough are the fewest with L <= busyEnough C(n). Where no n is enough,
// it is the law's peak: more would do less.
func Advise(d Demand) Advice {
	a := Advice{Action: Maintain, Recommended: max(d.Devices, MinDevices), Urgency: lowUrgency}
	if d.Law == nil {
		a.Note = text.Sprintf("Aún no se midió cómo escala esta sala: se supone que el doble de carriles hace el doble.",
			"How this room scales has not been measured yet: twice the lanes are taken to do twice as much.")
	} else {
		a.Note = text.Text{
			ES: "Según la ley universal de escalabilidad, medida aquí: σ = " + number("es", d.Law.Serial) + ", κ = " + text.Number("es", d.Law.Coherency, 4) + ".",
			EN: "By the Universal Scalability Law, measured here: σ = " + number("en", d.Law.Serial) + ", κ = " + text.Number("en", d.Law.Coherency, 4) + ".",
		}
	}
	switch {
	case d.Devices == 0 || d.Lanes == 0:
		a.Reason = text.Sprintf("No hay ningún equipo en la sala.", "No machine is in the room.")
		a.Action, a.Urgency, a.Confidence = ScaleUp, highUrgency, 1
		return a
	case d.Service <= 0:
		a.Reason = text.Sprintf("Todavía no se ha procesado ninguna imagen: no se sabe cuánto tarda una.",
			"No image has been done yet: how long one takes is not known.")
		return a
	}
	each := float64(d.Lanes) / float64(d.Devices)
	busy := (d.Rate + float64(d.Waiting)/soonEnough) * d.Service
	lanes, enough := fewest(busy, d.Law, int(math.Ceil(each*MaxDevices)))
	a.Recommended = min(MaxDevices, max(MinDevices, int(math.Ceil(float64(lanes)/each))))
	a.Confidence = 0.5
	if d.Law != nil {
		a.Confidence = max(0.5, min(1, d.Law.R2))
	}
	share := busy / (busyEnough * capacity(float64(d.Lanes), d.Law))
	in := func(lang string) (rate, service, lanes, have string) {
		return number(lang, d.Rate), text.Number(lang, d.Service, 3), number(lang, busy), text.Percent(lang, share*busyEnough)
	}
	rate, service, need, used := in("es")
	a.Reason.ES = "Llegan " + rate + " imágenes por segundo de " + service + " s cada una: por la ley de Little ocupan " + need +
		" carriles, el " + used + " de lo que estos equipos hacen."
	rate, service, need, used = in("en")
	a.Reason.EN = rate + " images a second arrive, " + service + " s each: by Little's law they keep " + need +
		" lanes busy, " + used + " of what these machines can do."
	switch {
	case a.Recommended > d.Devices:
		a.Action = ScaleUp
		if share > 1/busyEnough {
			a.Urgency = highUrgency
		}
	case a.Recommended < d.Devices:
		a.Action = ScaleDown
	}
	if !enough {
		a.Note = joined(a.Note, text.Sprintf("Ni con todos los equipos alcanza.", "All machines together are not enough."))
	}
	return a
}

// capacity is how many lanes that do not hinder each other n lanes are worth.
func capacity(n float64, law *result.ScalingFit) float64 {
	if law == nil {
		return n
	}
	return n / (1 + law.Serial*(n-1) + law.Coherency*n*(n-1))
}

// fewest is the smallest number of lanes that is enough for so many that are busy;
// if none up to most is, the number that does most.
func fewest(busy float64, law *result.ScalingFit, most int) (lanes int, enough bool) {
	best := 1
	for n := 1; n <= most; n++ {
		c := capacity(float64(n), law)
		if busyEnough*c >= busy {
			return n, true
		}
		if c > capacity(float64(best), law) {
			best = n
		}
	}
	return best, false
}
