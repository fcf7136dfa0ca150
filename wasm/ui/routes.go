package ui

import "github.com/maxence-charriere/go-app/v9/pkg/app"

// Routes registers the page's views with go-app. Both sides call it: the page
// to show them, the host to know which paths are pages.
func Routes() {
	app.RouteFunc("/", func() app.Composer { return &Lab{} })
	app.RouteFunc("/guide", func() app.Composer { return &Guide{} })
	app.RouteFunc("/class", func() app.Composer { return &Class{} })
	app.RouteFunc("/join", func() app.Composer { return &Join{} })
}
