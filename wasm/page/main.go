// Command page is the page's entry point, compiled to WebAssembly. It shows the
// views of wasm/ui and never computes an image.
package main

import (
	"carriles/wasm/ui"

	"github.com/maxence-charriere/go-app/v9/pkg/app"
)

func main() {
	ui.Routes()
	app.RunWhenOnBrowser()
}
