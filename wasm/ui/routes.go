package ui

import (
	"carriles/wasm/ui/classroom"
	"carriles/wasm/ui/guide"
	"carriles/wasm/ui/lab"
	"carriles/wasm/ui/shell"
)

// Views are the page's views, in the order of the header's links. This is the one
// place that names them all.
func Views() []shell.View {
	return []shell.View{
		{Path: "/", Nav: "nav.lab", New: lab.New},
		{Path: "/guide", Title: "guide.title", Nav: "nav.guide", New: guide.New},
		{Path: "/class", Title: "class.title", Nav: "nav.class", New: classroom.NewClass},
		{Path: "/join", Title: "join.title", Within: "/class", New: classroom.NewJoin},
	}
}

// Routes registers them.
func Routes() { shell.Register(Views()) }
