package codec

import (
	"bytes"
	"errors"
	"fmt"

	"carriles/executor/codec/jpeg"
	"carriles/executor/fault"
	"carriles/executor/text"
)

// kind is a kind of file that is known and not decoded.
type kind struct {
	name   string // for the log
	reason text.Text
}

// saveAs is what to do about most of them.
func saveAs(name, es, en string) kind {
	return kind{name, text.Text{
		ES: "es " + es + ", que no se lee aquí: ábrala y guárdela como JPEG o PNG",
		EN: "it is " + en + ", which is not read here: open it and save it as JPEG or PNG",
	}}
}

var (
	heic = kind{"HEIC", text.Text{
		ES: "es HEIC, el formato de los iPhone, que no se lee aquí: expórtela como JPEG, o elija en el iPhone Ajustes › Cámara › Formatos › Más compatible",
		EN: "it is HEIC, the iPhone's format, which is not read here: export it as JPEG, or choose Settings › Camera › Formats › Most Compatible on the iPhone",
	}}
	avif     = saveAs("AVIF", "AVIF", "AVIF")
	animated = kind{"animated WebP", text.Text{
		ES: "es un WebP animado, que no se lee aquí: guarde una de sus imágenes como PNG",
		EN: "it is an animated WebP, which is not read here: save one of its images as PNG",
	}}

	// jpegKinds are of JPEGs.
	jpegKinds = map[jpeg.UnsupportedError]*kind{
		jpeg.Arithmetic: ofJPEG("arithmetic",
			"un JPEG de codificación aritmética", "a JPEG of arithmetic coding"),
		jpeg.Lossless:       ofJPEG("lossless", "un JPEG sin pérdidas o jerárquico", "a lossless or hierarchical JPEG"),
		jpeg.NotEightBits:   ofJPEG("not of 8 bits", "un JPEG de más de 8 bits por canal", "a JPEG of more than 8 bits a channel"),
		jpeg.ComponentCount: ofJPEG("components", "un JPEG que no tiene 1, 3 ni 4 canales", "a JPEG of other than 1, 3 or 4 channels"),
	}

	// signatures are how files of other kinds begin, behind so many bytes.
	signatures = []struct {
		at    int
		begin string
		kind  kind
	}{
		{4, "ftypavif", avif},
		{4, "ftypavis", avif},
		{4, "ftyphe", heic}, // heic, heix, heim, heis, hevc ...
		{4, "ftypmif1", heic},
		{4, "ftypmsf1", heic},
		{0, "\xff\x0a", saveAs("JPEG XL", "JPEG XL", "JPEG XL")},
		{4, "JXL \r\n\x87\n", saveAs("JPEG XL", "JPEG XL", "JPEG XL")},
		{4, "jP  \r\n\x87\n", saveAs("JPEG 2000", "JPEG 2000", "JPEG 2000")},
		{0, "\xff\x4f\xff\x51", saveAs("JPEG 2000", "JPEG 2000", "JPEG 2000")},
		{0, "II*\x00", saveAs("TIFF", "TIFF, o el original de una cámara", "TIFF, or a camera's raw file")},
		{0, "MM\x00*", saveAs("TIFF", "TIFF, o el original de una cámara", "TIFF, or a camera's raw file")},
		{0, "BM", saveAs("BMP", "BMP", "BMP")},
		{0, "8BPS", saveAs("PSD", "un documento de Photoshop", "a Photoshop document")},
		{0, "%PDF", saveAs("PDF", "un PDF", "a PDF")},
		{0, "<svg", saveAs("SVG", "SVG, un dibujo sin píxeles", "SVG, a drawing without pixels")},
	}
)

func ofJPEG(name, es, en string) *kind {
	return &kind{name, text.Text{
		ES: "es " + es + ", que no se lee aquí: ábrala y guárdela como JPEG corriente",
		EN: "it is " + en + ", which is not read here: open it and save it as an ordinary JPEG",
	}}
}

// foreign tells a file of another kind by its first bytes, or nil.
func foreign(data []byte) *kind {
	if len(data) > 12 && string(data[4:8]) == "ftyp" { // the brands behind the first may say more
		brands := data[8:min(len(data), 64)]
		if bytes.HasPrefix(brands, []byte("mif1")) && bytes.Contains(brands, []byte("avif")) {
			return &avif
		}
	}
	for i, s := range signatures {
		if len(data) > s.at && bytes.HasPrefix(data[s.at:], []byte(s.begin)) {
			return &signatures[i].kind
		}
	}
	return nil
}

// Unusable is the fault of an image that cannot be used. err is the *Error or
// the *fault.Error of the same file that says why; another is for the log.
func Unusable(name string, err error) *fault.Error {
	why := text.Text{ES: "no se puede leer", EN: "it cannot be read"}
	if e, ok := errors.AsType[*Error](err); ok {
		why = e.Text()
	} else if e, ok := errors.AsType[*fault.Error](err); ok {
		why = e.Text
	}
	return (&fault.Error{Code: fault.CodeBadImage, Text: text.Text{
		ES: fmt.Sprintf("«%s» no se puede usar: %s", name, why.ES),
		EN: fmt.Sprintf("%q cannot be used: %s", name, why.EN),
	}}).Because(err)
}

// Text says in both languages why the image cannot be used, and what to do, as
// the end of a sentence whose beginning names the file.
func (e *Error) Text() text.Text {
	var limit jpeg.LimitError
	switch {
	case e.kind != nil:
		return e.kind.reason
	case e.Code == NotAnImage:
		return text.Text{ES: "no es JPEG, PNG, GIF ni WebP", EN: "it is not a JPEG, PNG, GIF or WebP"}
	case e.Code == TooLarge && e.Width > 0:
		return text.Sprintf("tiene %d × %d píxeles, y caben %d megapíxeles y %d píxeles por lado: redúzcala",
			"it has %d × %d pixels, and there is room for %d megapixels and %d pixels a side: make it smaller",
			e.Width, e.Height, MaxPixels/1_000_000, MaxSide)
	case e.Code == TooLarge:
		return text.Sprintf("tiene más píxeles de los %d megapíxeles que caben: redúzcala",
			"it has more pixels than the %d megapixels that there is room for: make it smaller", MaxPixels/1_000_000)
	case errors.As(e.Err, &limit):
		return text.Sprintf("es un JPEG de %d pasadas, que tardaría demasiado (caben %d, y menos si es grande): ábrala y guárdela de nuevo",
			"it is a JPEG of %d scans, which would take too long (there is room for %d, and fewer if it is large): open it and save it again",
			limit.Scans, jpeg.MaxScans)
	case e.Code == Unsupported:
		return text.Text{
			ES: "es de un tipo que no se lee aquí: ábrala y guárdela como JPEG o PNG",
			EN: "it is of a kind that is not read here: open it and save it as JPEG or PNG",
		}
	}
	return text.Text{
		ES: "está dañada o incompleta: cópiela o guárdela de nuevo",
		EN: "it is damaged or incomplete: copy or save it again",
	}
}
