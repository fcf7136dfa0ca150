package form

import (
	"fmt"
	"math"
	"strings"

	"carriles/executor/batch/request"
	"carriles/filters"
	"carriles/wasm/ui/dom"
	"carriles/wasm/ui/i18n"
	"carriles/wasm/ui/widget"

	"github.com/maxence-charriere/go-app/v9/pkg/app"
)

func (v *View) renderChain(cat request.Catalogue, c Checked) app.UI {
	var steps []app.UI
	for i := range v.Model.Form.Chain {
		steps = append(steps, v.renderStep(cat, c, i))
	}
	return app.Section().Body(
		app.H2().Text(v.Lang.T("chain.title")),
		app.Ol().Class("chain").Body(steps...),
		v.renderFault(c, "filters"),
		widget.When(len(v.Model.Form.Chain) < cat.MaxSteps, func() app.UI { return v.renderAdd(cat) }),
	)
}

func (v *View) renderAdd(cat request.Catalogue) app.UI {
	options := []app.UI{app.Option().Value("").Selected(true).Text(v.Lang.T("chain.add"))}
	for _, f := range cat.Filters {
		text := f.Name
		if title := gloss(f.Name, v.Lang.In(f.Title)); title != "" {
			text = v.Lang.T("chain.option", f.Name, title)
		}
		options = append(options, app.Option().Value(f.Name).Text(text))
	}
	return app.Div().Class("field").Body(
		app.Label().Class("sr-only").For("add").Text(v.Lang.T("chain.add")),
		app.Select().ID("add").DataSet("testid", "add-filter").Body(options...).
			OnChange(func(ctx app.Context, _ app.Event) {
				name := ctx.JSSrc().Get("value").String()
				ctx.JSSrc().Set("value", "")
				if name != "" {
					v.Model.Edit(func(f *Form) { f.AddStep(name) })
				}
			}),
	)
}

// gloss is a filter's title beside its name, unless it says the same.
func gloss(name, title string) string {
	if strings.EqualFold(name, title) {
		return ""
	}
	return title
}

func (v *View) renderStep(cat request.Catalogue, c Checked, i int) app.UI {
	form := &v.Model.Form
	f := FilterOf(cat, form.Chain[i])
	title := v.Lang.In(f.Title)
	body := []app.UI{
		app.Div().Class("step").Body(
			app.B().Text(f.Name),
			app.Span().Class("soft").Text(gloss(f.Name, title)),
			v.stepButton("up", "↑", v.Lang.T("chain.up", title), i, i == 0),
			v.stepButton("down", "↓", v.Lang.T("chain.down", title), i, i == len(form.Chain)-1),
			v.stepButton("drop", "×", v.Lang.T("chain.drop", title), i, false),
		),
		v.renderFault(c, fmt.Sprintf("filters[%d]", i)),
	}
	if form.Twin(i) {
		body = append(body, app.P().Class("hint").Text(v.Lang.T("chain.twin", f.Name)))
	} else {
		for _, p := range f.Params {
			body = append(body, v.renderParam(f, p, c))
		}
		body = append(body, v.renderFault(c, "filter_params."+f.Name))
	}
	return app.Li().Body(body...)
}

func (v *View) stepButton(action, sign, label string, i int, disabled bool) app.UI {
	return app.Button().Type("button").Class("icon").ID(fmt.Sprintf("%s-%d", action, i)).
		Aria("label", label).Title(label).Disabled(disabled).Text(sign).
		OnClick(func(ctx app.Context, _ app.Event) {
			at := i
			v.Model.Edit(func(f *Form) {
				switch action {
				case "up":
					at = f.MoveStep(i, -1)
				case "down":
					at = f.MoveStep(i, 1)
				case "drop":
					f.DropStep(i)
				}
			})
			// The keyboard stays with the filter that moved.
			ctx.Defer(func(app.Context) { dom.Focus(fmt.Sprintf("%s-%d", action, at)) })
		}, action, i)
}

// renderParam is one parameter: the number is what counts, the slider is there
// to play with it.
func (v *View) renderParam(f filters.Filter, p filters.Param, c Checked) app.UI {
	field := ParamField(f.Name, p.Name)
	id := "param-" + f.Name + "-" + p.Name
	typed := v.Model.Form.Params[f.Name][p.Name]
	_, wrong := c.Fault(field)
	slider := SliderOf(p)
	value, isNumber := i18n.ParseNumber(typed)
	if !isNumber {
		value = p.Default
	}
	label := v.Lang.T("param.label", f.Name, p.Name)
	mode := "numeric"
	if p.Kind == filters.Float {
		mode = "decimal"
	}
	return app.Div().Class("param").Body(
		app.Label().For(id).Title(v.Lang.In(p.Help)).Text(p.Name),
		app.Input().Type("range").Aria("label", label).Title(v.Lang.In(p.Help)).
			Min(0).Max(slider.Last()).Step(1).Value(slider.Position(value)).
			Attr("aria-valuetext", typed+" "+v.unit(p)).
			OnInput(func(ctx app.Context, _ app.Event) {
				at := ctx.JSSrc().Get("valueAsNumber").Int()
				v.Model.Edit(func(form *Form) { form.Params[f.Name][p.Name] = v.Lang.Value(slider.Value(at)) })
			}, field, string(v.Lang)),
		app.Span().Class("number").Body(
			app.Input().Type("text").ID(id).DataSet("testid", id).
				Attr("inputmode", mode).AutoComplete(false).
				Value(typed).Aria("label", label).Aria("invalid", wrong).Aria("describedby", id+"-help").
				OnInput(func(ctx app.Context, _ app.Event) {
					typed := ctx.JSSrc().Get("value").String()
					v.Model.Edit(func(form *Form) { form.Params[f.Name][p.Name] = typed })
				}, field),
			app.Span().Class("unit").Text(v.unit(p)),
		),
		app.Span().Class("sr-only").ID(id+"-help").Text(v.Lang.In(p.Help)),
		v.renderFault(c, field),
	)
}

func (v *View) unit(p filters.Param) string {
	switch p.Unit {
	case "":
		return ""
	case "x":
		return "×"
	case "sigma":
		return "σ"
	}
	return p.Unit
}

// sliderSteps is the number of positions of a curved slider: fine enough for a
// finger, and few enough for the arrow keys.
const sliderSteps = 200

// Slider is how a parameter's range is laid out on a slider. A range that is
// much wider than its useful part (1 to 16384, default 800) is bent so that
// the default lies at a third of the way; the number beside it stays exact.
type Slider struct {
	p        filters.Param
	exponent float64 // 1: straight, with the parameter's own steps
}

// SliderOf lays out a parameter.
func SliderOf(p filters.Param) Slider {
	share := (p.Default - p.Min) / (p.Max - p.Min)
	if share > 0 && share < 0.15 {
		return Slider{p: p, exponent: math.Log(share) / math.Log(1.0/3)}
	}
	return Slider{p: p, exponent: 1}
}

// Last is the slider's last position; the first is 0.
func (s Slider) Last() int {
	if s.exponent != 1 || s.p.Step <= 0 {
		return sliderSteps
	}
	return int(math.Round((s.p.Max - s.p.Min) / s.p.Step))
}

// Value is the parameter at a position, on a whole step.
func (s Slider) Value(position int) float64 {
	t := math.Pow(float64(position)/float64(s.Last()), s.exponent)
	x := s.p.Min + t*(s.p.Max-s.p.Min)
	if step := s.p.Step; step > 0 {
		// On multiples of the step, not of Min + steps: a width from 1 to 16384
		// should stop at 800, not at 801. Rounding again drops 0.30000000000000004.
		x = math.Round(x/step) * step
		x = math.Round(x*1e6) / 1e6
	}
	return min(max(x, s.p.Min), s.p.Max)
}

// Position is where a value lies; values outside the range lie at its ends.
func (s Slider) Position(x float64) int {
	t := (x - s.p.Min) / (s.p.Max - s.p.Min)
	t = math.Pow(min(max(t, 0), 1), 1/s.exponent)
	return int(math.Round(t * float64(s.Last())))
}
