package child

import "embed"

//go:embed bin/amd64
var bin embed.FS
