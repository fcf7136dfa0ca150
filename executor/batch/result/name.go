package result

import (
	"path"
	"strings"
	"time"
)

// OutputName names a processed image: <stem>_<filters>_<time>_<id><ext>, as in
// arroyo_resize-blur_20261123-093015_k3v9q2.jpg. Characters that do not belong
// into a file name or a URL become dashes.
func OutputName(image string, filterNames []string, at time.Time, id, ext string) string {
	stem := strings.TrimSuffix(path.Base(image), path.Ext(image))
	chain := strings.Join(filterNames, "-")
	if len(chain) > 60 {
		chain = chain[:60]
	}
	return Slug(stem) + "_" + chain + "_" + at.Format("20060102-150405") + "_" + id + ext
}

// Slug makes a file name's stem out of any name: letters of ASCII, digits,
// dashes within it and underscores, at most 60 of them and at least one.
func Slug(s string) string {
	var b strings.Builder
	for _, r := range s {
		switch {
		case r >= 'a' && r <= 'z', r >= 'A' && r <= 'Z', r >= '0' && r <= '9', r == '-', r == '_':
			b.WriteRune(r)
		default:
			b.WriteByte('-')
		}
		if b.Len() == 60 {
			break
		}
	}
	slug := strings.Trim(b.String(), "-") // a name that begins with one is an option to rm and ls
	if slug == "" {
		return "imagen"
	}
	return slug
}
