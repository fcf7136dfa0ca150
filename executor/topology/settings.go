package topology

import (
	"io/fs"
	"os"
	"runtime"
	"strings"

	system "github.com/shirou/gopsutil/v4/host"
	"github.com/shirou/gopsutil/v4/mem"
)

// Settings are what of a system's settings changes how long a program takes;
// Unknown where nobody tells.
type Settings struct {
	Kernel      string // its version
	HugePages   string // transparent ones: always, madvise or never
	Governor    string // of the first processor's frequency
	ClockSource string
	MemoryBytes int64 // 0: unknown
}

// Unknown is a setting that nobody tells.
const Unknown = "unknown"

// ReadSettings reads them as they are now.
func ReadSettings() Settings {
	s := Settings{Kernel: Unknown, HugePages: Unknown, Governor: Unknown, ClockSource: Unknown}
	if v, err := system.KernelVersion(); err == nil && v != "" {
		s.Kernel = v
	}
	if m, err := mem.VirtualMemory(); err == nil {
		s.MemoryBytes = int64(m.Total)
	}
	if runtime.GOOS == "linux" {
		s.read(os.DirFS("/"))
	}
	return s
}

// read reads what Linux has in files.
func (s *Settings) read(root fs.FS) {
	s.HugePages = chosen(word(root, "sys/kernel/mm/transparent_hugepage/enabled"))
	s.Governor = word(root, "sys/devices/system/cpu/cpu0/cpufreq/scaling_governor")
	s.ClockSource = word(root, "sys/devices/system/clocksource/clocksource0/current_clocksource")
}

// word is a file's text without the space around it.
func word(root fs.FS, name string) string {
	data, err := fs.ReadFile(root, name)
	if text := strings.TrimSpace(string(data)); err == nil && text != "" {
		return text
	}
	return Unknown
}

// chosen is the word in brackets: "always [madvise] never" is madvise.
func chosen(text string) string {
	if _, rest, ok := strings.Cut(text, "["); ok {
		if word, _, ok := strings.Cut(rest, "]"); ok {
			return word
		}
	}
	return text
}
