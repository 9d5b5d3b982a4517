package web_test

import (
	"cmp"
	"image"
	"image/color"
	"image/gif"
	"maps"
	"slices"
	"time"
)

// animation makes a GIF of frames: each but the first is only what has changed.
func animation(frames []frame) *gif.GIF {
	colors := newPalette(frames)
	out := &gif.GIF{}
	var before *image.Paletted
	for _, f := range frames {
		whole := image.NewPaletted(f.Bounds(), colors.palette)
		for y := f.Bounds().Min.Y; y < f.Bounds().Max.Y; y++ {
			for x := f.Bounds().Min.X; x < f.Bounds().Max.X; x++ {
				whole.SetColorIndex(x, y, colors.index(f.At(x, y)))
			}
		}
		out.Image = append(out.Image, whole.SubImage(changed(before, whole)).(*image.Paletted))
		out.Delay = append(out.Delay, int(f.stands/(10*time.Millisecond)))
		before = whole
	}
	return out
}

// changed is the smallest rectangle in which two pictures differ.
func changed(before, after *image.Paletted) image.Rectangle {
	if before == nil {
		return after.Bounds()
	}
	var in image.Rectangle
	for y := after.Rect.Min.Y; y < after.Rect.Max.Y; y++ {
		for x := after.Rect.Min.X; x < after.Rect.Max.X; x++ {
			if before.ColorIndexAt(x, y) != after.ColorIndexAt(x, y) {
				in = in.Union(image.Rect(x, y, x+1, y+1))
			}
		}
	}
	if in.Empty() {
		return image.Rect(0, 0, 1, 1)
	}
	return in
}

// palette is the 256 colours that a page of flat surfaces uses most.
type palette struct {
	palette color.Palette
	known   map[color.RGBA]uint8
}

func newPalette(frames []frame) *palette {
	used := map[color.RGBA]int{}
	for _, f := range frames {
		for y := f.Bounds().Min.Y; y < f.Bounds().Max.Y; y++ {
			for x := f.Bounds().Min.X; x < f.Bounds().Max.X; x++ {
				used[rgba(f.At(x, y))]++
			}
		}
	}
	most := slices.SortedFunc(maps.Keys(used), func(a, b color.RGBA) int { return cmp.Compare(used[b], used[a]) })
	p := &palette{known: map[color.RGBA]uint8{}}
	for _, c := range most[:min(len(most), 256)] {
		p.palette = append(p.palette, c)
	}
	return p
}

func (p *palette) index(c color.Color) uint8 {
	at, ok := p.known[rgba(c)]
	if !ok {
		at = uint8(p.palette.Index(c)) // #nosec G115 -- there are 256
		p.known[rgba(c)] = at
	}
	return at
}

func rgba(c color.Color) color.RGBA { return color.RGBAModel.Convert(c).(color.RGBA) }
