package child

import "embed"

//go:embed bin/arm64
var bin embed.FS
