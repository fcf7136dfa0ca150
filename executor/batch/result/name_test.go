package result

import (
	"slices"
	"strings"
	"testing"
	"time"
)

func TestSlug(t *testing.T) {
	long := strings.Repeat("abcdefghij", 10)
	tests := []struct{ in, want string }{
		{"arroyo", "arroyo"},
		{"Diente-de_león 2", "Diente-de_le-n-2"},
		{"a.b", "a-b"},
		{"日本", "imagen"},
		{"日本a", "a"},
		{"", "imagen"},
		{"..", "imagen"},
		{"-rf", "rf"},
		{"../../etc/passwd", "etc-passwd"},
		{`C:\x`, "C--x"},
		{"a\x00b\n", "a-b"},
		{"\xff\xfe", "imagen"},
		{`"><script>`, "script"},
		{long, long[:60]},
		{strings.Repeat("ñ", 100) + "x", "imagen"}, // only the first 60 count
		{"_", "_"},
	}
	for _, tt := range tests {
		if got := Slug(tt.in); got != tt.want {
			t.Errorf("Slug(%q) = %q, want %q", tt.in, got, tt.want)
		}
	}
}

func TestOutputName(t *testing.T) {
	at := time.Date(2026, 11, 23, 9, 30, 15, 0, time.UTC)
	many := slices.Repeat([]string{"brightness"}, 16)
	tests := []struct {
		image   string
		filters []string
		ext     string
		want    string
	}{
		{"arroyo.jpg", []string{"resize", "blur"}, ".jpg", "arroyo_resize-blur_20261123-093015_id.jpg"},
		{"uploads/mi foto.png", []string{"edges"}, ".png", "mi-foto_edges_20261123-093015_id.png"},
		{"x.tar.gif", []string{"edges"}, ".png", "x-tar_edges_20261123-093015_id.png"},
		{"noext", []string{"edges"}, ".jpg", "noext_edges_20261123-093015_id.jpg"},
		{".jpg", []string{"edges"}, ".jpg", "imagen_edges_20261123-093015_id.jpg"},
		{"a.jpg", many, ".jpg", "a_brightness-brightness-brightness-brightness-brightness-brigh_20261123-093015_id.jpg"},
	}
	for _, tt := range tests {
		if got := OutputName(tt.image, tt.filters, at, "id", tt.ext); got != tt.want {
			t.Errorf("%s %v:\n got %s\nwant %s", tt.image, tt.filters, got, tt.want)
		}
	}
	if got := OutputName(strings.Repeat("a", 255), many, at, "abcdefghij", ".jpg"); len(got)+len(".jpg") > 255 {
		t.Errorf("its preview's name has %d bytes: no file system takes it", len(got)+4)
	}
}
