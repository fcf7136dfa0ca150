package ui

// Views are the page's views, in the order of the header's links. This is the one
// place that names them all.
func Views() []View {
	return []View{
		{Path: "/", Nav: "nav.lab", New: NewLab},
		{Path: "/guide", Title: "guide.title", Nav: "nav.guide", New: NewGuide},
		{Path: "/class", Title: "class.title", Nav: "nav.class", New: NewClass},
		{Path: "/join", Title: "join.title", Within: "/class", New: NewJoin},
	}
}

// Routes registers them.
func Routes() { Register(Views()) }
