package codec

import (
	"encoding/binary"
	"image"
)

// webpFile is what stands beside the pixels of a WebP.
type webpFile struct {
	animated      bool
	exif, profile []byte
}

// readWebP walks over the chunks of the RIFF container.
func readWebP(data []byte) (f webpFile) {
	for at := 12; len(data)-at >= 8; {
		length := int64(binary.LittleEndian.Uint32(data[at+4:]))
		body := data[at+8:]
		if length > int64(len(body)) {
			break
		}
		body = body[:length]
		switch string(data[at:][:4]) {
		case "VP8X":
			f.animated = len(body) > 0 && body[0]&2 != 0
		case "ICCP":
			f.profile = body
		case "EXIF":
			f.exif = body
			if len(body) > 6 && string(body[:6]) == "Exif\x00\x00" {
				f.exif = body[6:]
			}
		}
		at += 8 + len(body) + len(body)&1
	}
	return f
}

// convertWebP converts the pixels of a lossy WebP, with the straight alpha beside
// them or 255. Its Y goes from 16 to 235, as in RFC 6386, 9.2, where image/color
// has 0 to 255; the arithmetic is libwebp's (dsp/yuv.h). Cb and Cr are repeated.
func convertWebP(dst *image.NRGBA, m *image.YCbCr, alpha []byte, stride int) {
	clip := func(v int32) byte { return byte(max(0, min(255, v>>6))) }
	for y := range dst.Rect.Dy() {
		out := dst.Pix[y*dst.Stride:][:4*dst.Rect.Dx()]
		luma := m.Y[y*m.YStride:]
		cb, cr := m.Cb[y/2*m.CStride:], m.Cr[y/2*m.CStride:]
		for x := range dst.Rect.Dx() {
			l, u, v := int32(luma[x])*19077>>8, int32(cb[x/2]), int32(cr[x/2])
			p := (*[4]byte)(out[4*x:])
			p[0] = clip(l + v*26149>>8 - 14234)
			p[1] = clip(l - u*6419>>8 - v*13320>>8 + 8708)
			p[2] = clip(l + u*33050>>8 - 17685)
			p[3] = 255
			if alpha != nil {
				p[3] = alpha[y*stride+x]
			}
		}
	}
}
