package form

import (
	"carriles/executor/batch/request"
	"carriles/wasm/ui/i18n"

	"github.com/maxence-charriere/go-app/v9/pkg/app"
)

// recipe is a batch to begin with: one that shows one thing.
type recipe struct {
	name    string // in the text table: recipe.NAME and recipe.NAME.help
	chain   []string
	params  map[string]map[string]float64
	methods []string
	fields  map[string]string
}

// The names of recipes; the form opens with the first.
const (
	RecipeComputes = "computes"
	RecipeWaits    = "waits"
	RecipeLock     = "lock"
)

// recipes lists them in the order of their buttons. What computes is sharpened
// several times over, since a chain that makes the photograph small first mostly
// decodes it; what waits makes it small, for there the reading counts.
func recipes() []recipe {
	sharpened := map[string]map[string]float64{"sharpen": {"intensity": 5}}
	computing := []string{"blur", "sharpen"}
	return []recipe{
		{name: RecipeComputes, chain: computing, params: sharpened, methods: request.GuideMethods()},
		{name: RecipeWaits, chain: []string{"resize"}, methods: request.GuideMethods(), fields: map[string]string{"source": request.SourceHTTP}},
		{name: RecipeLock, chain: computing, params: sharpened, methods: []string{request.Sequential, request.Threading, request.ThreadingGIL, request.Multiprocessing}},
	}
}

// recipeRunning is the pool that a recipe has: starting processes is a subject of its
// own.
const recipeRunning = request.Warm

// Cook makes the form as it starts, with the batch of a recipe; photographs stay
// chosen as they are.
func (f *Form) Cook(cat request.Catalogue, lang i18n.Lang, name string) {
	for _, r := range recipes() {
		if r.name != name {
			continue
		}
		fresh := NewForm(cat, lang)
		fresh.Photos, fresh.Cores, fresh.BrowserWorkers = f.Photos, f.Cores, f.BrowserWorkers
		fresh.Chain, fresh.Methods = r.chain, map[string]bool{}
		for filter, values := range r.params {
			for param, value := range values {
				fresh.Params[filter][param] = lang.Value(value)
			}
		}
		for _, m := range r.methods {
			fresh.Methods[m] = true
		}
		fresh.Fields["pool"] = recipeRunning
		for field, value := range r.fields {
			fresh.Fields[field] = value
		}
		*f = fresh
	}
}

// Cook makes the form that of a recipe, and has its number of images asked for.
func (m *Model) Cook(name string) {
	m.Edit(func(f *Form) { f.Cook(m.Catalogue, m.around.Language(), name) })
	m.around.Cooked()
}

// SetCount sets the number of images, unless the form has changed since rev.
func (m *Model) SetCount(count, rev int) {
	if m.Rev == rev && count > 0 {
		m.Edit(func(f *Form) { f.Fields["count"] = m.around.Language().Value(float64(count)) })
	}
}

// renderRecipes offers batches to begin with.
func (v *View) renderRecipes() app.UI {
	var buttons []app.UI
	for _, r := range recipes() {
		buttons = append(buttons, app.Button().Type("button").Class("recipe").DataSet("testid", "recipe-"+r.name).Disabled(v.Busy).Body(
			app.B().Text(v.Lang.T("recipe."+r.name)),
			app.Span().Text(v.Lang.T("recipe."+r.name+".help")),
		).OnClick(func(app.Context, app.Event) { v.Model.Cook(r.name) }, r.name))
	}
	return app.Section().Body(
		app.H2().Text(v.Lang.T("recipe.title")),
		app.Div().Class("recipes").Body(buttons...),
	)
}
