package evidence

import (
	"encoding/base64"
	"html/template"
	"net/http"

	"carriles/executor/batch/result"
	"carriles/web/draw"
)

// maxPictures bounds the size of a report: the server's previews are of some
// 30 kB.
const maxPictures = 8

// gallery holds photographs before and after.
type gallery struct {
	Note  string
	Pairs []pair
}

type pair struct {
	Name          string
	Before, After picture
}

// picture is a data URI, or else Lacks says that there is none.
type picture struct {
	Source     template.URL
	Alt, Lacks string
}

// gallery takes the photographs of the first method that has outputs, each
// once: a batch cycles through them, and every method gives the same pixels.
func (l language) gallery(c *result.Comparison, read func(string) ([]byte, error)) *gallery {
	for _, name := range draw.MethodOrder(c.Results) {
		seen := map[string]bool{}
		g := &gallery{}
		for _, t := range c.Results[name].Results {
			if t.Status != result.StatusSuccess || seen[t.OriginalPath] {
				continue
			}
			seen[t.OriginalPath] = true
			if 2*len(g.Pairs) == maxPictures {
				continue
			}
			image := imageName(t.OriginalPath)
			g.Pairs = append(g.Pairs, pair{
				Name:   image,
				Before: l.picture(read, "/static/previews/images/"+image+".jpg", l.T("pictures.before", image)),
				After:  l.picture(read, t.PreviewPath, l.T("pictures.after", image)),
			})
		}
		if len(g.Pairs) > 0 {
			g.Note = l.T("pictures.note", l.method(name), len(g.Pairs), len(seen))
			return g
		}
	}
	return nil
}

func (l language) picture(read func(string) ([]byte, error), path, alt string) picture {
	p := picture{Alt: alt, Lacks: l.T("pictures.lacks", alt)}
	if path == "" {
		return p
	}
	data, err := read(path)
	if err != nil {
		return p
	}
	switch kind := http.DetectContentType(data); kind {
	case "image/jpeg", "image/png":
		p.Source = template.URL("data:" + kind + ";base64," + base64.StdEncoding.EncodeToString(data))
	}
	return p
}
