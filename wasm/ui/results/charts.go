package results

import (
	"carriles/executor/batch/result"
	"carriles/wasm/ui/i18n"
	"carriles/web/draw"
)

// FitTexts says what the laws fitted to each method are, or why there are none.
func FitTexts(l i18n.Lang, s *result.Sweep) []string {
	var list []string
	for _, m := range s.Methods {
		fits, ok := s.Fits[m]
		if !ok {
			continue
		}
		for _, law := range draw.LawsOf(fits) {
			if law.Fit.R2 < 0 {
				list = append(list, l.T("fit.none", i18n.MethodTitle(l, m), l.In(law.Title), l.Number(law.Fit.R2, 2)))
				continue
			}
			text := l.T("fit."+law.Name, i18n.MethodTitle(l, m), l.Percent(law.Fit.Serial), l.Number(law.Fit.R2, 2))
			switch {
			case law.Fit.Limit > 0:
				text += " " + l.T("fit.limit", l.Ratio(law.Fit.Limit))
			case law.Fit.Peak > 0:
				text += " " + l.T("fit.peak", l.Number(law.Fit.Peak, 1))
			}
			list = append(list, text)
		}
		if why := l.In(fits.Why); why != "" {
			list = append(list, i18n.MethodTitle(l, m)+": "+why)
		}
	}
	return list
}
