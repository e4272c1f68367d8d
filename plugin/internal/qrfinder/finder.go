package qrfinder

import (
	"image"
	"image/color"
	"math"
	"slices"
)

// A QR code is found by its three finder patterns and its timing pattern. It need not be read: a
// code that is damaged is one, too.

const (
	maxSide     = 1600 // larger pictures are made smaller first, in pixels
	maxCentres  = 48   // centres of finder patterns that are combined, those seen most often first
	maxFound    = 400  // centres that are kept while a picture is scanned
	smallestLeg = 14   // modules between two finder patterns: version 1
	largestLeg  = 170  // version 40
)

// findQR reports whether a picture has a QR code, dark on light or light on dark.
func findQR(picture image.Image) bool {
	gray := shrink(picture)
	for _, local := range []bool{true, false} {
		for _, inverted := range []bool{false, true} {
			if darkOf(gray, local, inverted).hasCode() {
				return true
			}
		}
	}
	return false
}

// shrink turns a picture into shades of gray, at most maxSide wide and high. A pixel of the result
// is the mean of a square.
func shrink(picture image.Image) *image.Gray {
	b := picture.Bounds()
	colour := func(x, y int) color.RGBA64 {
		return color.RGBA64Model.Convert(picture.At(x, y)).(color.RGBA64) //nolint:forcetypeassert // by the model
	}
	if quick, ok := picture.(image.RGBA64Image); ok {
		colour = quick.RGBA64At
	}
	by := (max(b.Dx(), b.Dy()) + maxSide - 1) / maxSide
	gray := image.NewGray(image.Rect(0, 0, (b.Dx()+by-1)/by, (b.Dy()+by-1)/by))
	for y := range gray.Rect.Max.Y {
		for x := range gray.Rect.Max.X {
			square := image.Rect(x*by, y*by, (x+1)*by, (y+1)*by).Add(b.Min).Intersect(b)
			sum := uint64(0)
			for py := square.Min.Y; py < square.Max.Y; py++ {
				for px := square.Min.X; px < square.Max.X; px++ {
					c := colour(px, py)
					sum += (299*uint64(c.R)+587*uint64(c.G)+114*uint64(c.B))/1000 + uint64(0xffff-c.A) // on white
				}
			}
			gray.Pix[gray.PixOffset(x, y)] = uint8(sum / uint64(square.Dx()*square.Dy()) >> 8) //nolint:gosec // 16 bits at most
		}
	}
	return gray
}

// pixels tells for each pixel of a picture whether it is dark.
type pixels struct {
	dark          []bool
	width, height int
}

// darkOf compares each pixel with the mean of its surroundings, as light falls unevenly on what is
// photographed, or with the mean of all.
func darkOf(gray *image.Gray, local, inverted bool) pixels {
	p := pixels{dark: make([]bool, len(gray.Pix)), width: gray.Rect.Dx(), height: gray.Rect.Dy()}
	sums := make([]int64, (p.width+1)*(p.height+1)) // of all pixels above and to the left
	for y := range p.height {
		row := int64(0)
		for x := range p.width {
			row += int64(shade(gray, x, y, inverted))
			sums[(y+1)*(p.width+1)+x+1] = sums[y*(p.width+1)+x+1] + row
		}
	}
	reach := max(p.width, p.height)
	if local {
		reach = max(reach/8, 8)
	}
	for y := range p.height {
		top, bottom := max(y-reach, 0)*(p.width+1), min(y+reach+1, p.height)*(p.width+1)
		lines := int64(bottom-top) / int64(p.width+1)
		for x := range p.width {
			left, right := max(x-reach, 0), min(x+reach+1, p.width)
			sum := sums[bottom+right] - sums[bottom+left] - sums[top+right] + sums[top+left]
			count := int64(right-left) * lines
			p.dark[y*p.width+x] = int64(shade(gray, x, y, inverted))*count*100 < sum*90 // a tenth darker than the mean
		}
	}
	return p
}

func shade(gray *image.Gray, x, y int, inverted bool) uint8 {
	v := gray.Pix[y*gray.Stride+x]
	if inverted {
		return 255 - v
	}
	return v
}

// centre is that of something like a finder pattern.
type centre struct {
	x, y   float64
	module float64 // the size of a module, in pixels
	seen   int     // in so many rows
}

// hasCode reports whether three finder patterns belong together.
func (p pixels) hasCode() bool {
	centres := p.centres()
	for i, a := range centres {
		for j, b := range centres[i+1:] {
			for _, c := range centres[i+j+2:] {
				if p.corner(a, b, c) || p.corner(b, a, c) || p.corner(c, a, b) {
					return true
				}
			}
		}
	}
	return false
}

// centres scans all rows for what is dark, light, dark, light and dark, as 1:1:3:1:1.
func (p pixels) centres() []centre {
	var found []centre
	for y := range p.height {
		runs, ends := [5]int{}, 0 // the last five runs, and how many have ended
		start := 0
		for x := 1; x <= p.width; x++ {
			if x < p.width && p.at(x, y) == p.at(x-1, y) {
				continue
			}
			copy(runs[:], runs[1:])
			runs[4], start = x-start, x
			if ends++; ends < 5 || !p.at(x-1, y) || !finder(runs) {
				continue
			}
			total := runs[0] + runs[1] + runs[2] + runs[3] + runs[4]
			if c, ok := p.centre(x-runs[4]-runs[3]-(runs[2]+1)/2, y, 2*total); ok {
				found = merge(found, c)
			}
		}
	}
	slices.SortStableFunc(found, func(a, b centre) int { return b.seen - a.seen })
	found = slices.DeleteFunc(found, func(c centre) bool { return c.seen < 2 })
	return found[:min(len(found), maxCentres)]
}

func (p pixels) at(x, y int) bool { return p.dark[y*p.width+x] }

// finder reports whether five runs are about as 1:1:3:1:1. Modules of a pixel are noise.
func finder(runs [5]int) bool {
	total := 0
	for _, n := range runs {
		total += n
	}
	module := float64(total) / 7
	for i, n := range runs {
		want := module
		if i == 2 {
			want = 3 * module
		}
		if total < 11 || math.Abs(float64(n)-want) > want*0.5+0.5 {
			return false
		}
	}
	return true
}

// centre looks up and down from a pixel, to its left and right, and across, for the same
// proportions in runs of at most so many pixels.
func (p pixels) centre(x, y, most int) (c centre, ok bool) {
	up, ok := p.measure(x, y, 0, 1, most)
	if !ok {
		return centre{}, false
	}
	y += up.shift
	across, ok := p.measure(x, y, 1, 0, most)
	if !ok || across.total > 2*up.total || up.total > 2*across.total {
		return centre{}, false
	}
	c = centre{x: float64(x+across.shift) + 0.5, y: float64(y) + 0.5, module: float64(up.total+across.total) / 14, seen: 1}
	return c, p.rings(c)
}

// rings reports whether what is around a centre is dark, light and dark in all directions: squares
// in squares have the same proportions on each line from their middle.
func (p pixels) rings(c centre) bool {
	const directions, step = 16, 0.25
	wrong := 0
	for i := range directions {
		sin, cos := math.Sincos(2 * math.Pi * float64(i) / directions)
		var runs [3]float64
		at, dark := 0.0, true
		for i := range runs {
			for start := at; ; at += step {
				x, y := int(c.x+at*cos), int(c.y+at*sin)
				if at > 6*c.module || x < 0 || y < 0 || x >= p.width || y >= p.height || p.at(x, y) != dark {
					runs[i], dark = at-start, !dark
					break
				}
			}
		}
		module := (runs[0] + runs[1] + runs[2]) / 3.5 // slanted: up to 1.41 times as long, and half as short if the cuts were
		if module < 0.6*c.module || module > 1.6*c.module ||
			math.Abs(runs[0]-1.5*module) > 0.6*module+0.5 || math.Abs(runs[1]-module) > 0.5*module+0.5 {
			wrong++
		}
	}
	return wrong <= directions/4
}

// cross is a line through a finder pattern.
type cross struct {
	total int // pixels of its five runs
	shift int // from the pixel that was asked about to the middle
}

// measure takes the five runs around a dark pixel in the direction (dx, dy), each of at most so
// many pixels.
func (p pixels) measure(x, y, dx, dy, most int) (cross, bool) {
	var runs [5]int
	run := func(sign int) (inner int) {
		px, py, dark := x, y, true
		for i := range 3 {
			n := 0
			for n < most && px >= 0 && py >= 0 && px < p.width && py < p.height && p.at(px, py) == dark {
				px, py, n = px+sign*dx, py+sign*dy, n+1
			}
			if i == 0 {
				inner = n
			} else {
				runs[2+sign*i] = n
			}
			dark = !dark
		}
		return inner
	}
	if !p.at(x, y) {
		return cross{}, false
	}
	after, before := run(1), run(-1)
	runs[2] = after + before - 1
	total := runs[0] + runs[1] + runs[2] + runs[3] + runs[4]
	return cross{total: total, shift: (after - before) / 2}, slices.Min(runs[:]) > 0 && finder(runs)
}

// merge adds a centre to the one that it is another cut of.
func merge(found []centre, c centre) []centre {
	for i := len(found) - 1; i >= 0; i-- {
		f := &found[i]
		if math.Hypot(f.x-c.x, f.y-c.y) < 1.5*f.module && f.module < 2*c.module && c.module < 2*f.module {
			n := float64(f.seen)
			f.x, f.y, f.module = (f.x*n+c.x)/(n+1), (f.y*n+c.y)/(n+1), (f.module*n+c.module)/(n+1)
			f.seen++
			return found
		}
	}
	if len(found) >= maxFound {
		return found
	}
	return append(found, c)
}

// corner reports whether a is the corner between b and c, and timing patterns lead to them.
func (p pixels) corner(a, b, c centre) bool {
	smallest, largest := min(a.module, b.module, c.module), max(a.module, b.module, c.module)
	if largest > 1.6*smallest {
		return false
	}
	bx, by, cx, cy := b.x-a.x, b.y-a.y, c.x-a.x, c.y-a.y
	toB, toC := math.Hypot(bx, by), math.Hypot(cx, cy)
	if toB > 1.4*toC || toC > 1.4*toB || math.Abs(bx*cx+by*cy) > 0.35*toB*toC {
		return false
	}
	module := (a.module + b.module + c.module) / 3
	for leg := smallestLeg; leg <= largestLeg; leg += 4 {
		size := (toB + toC) / 2 / float64(leg) // of a module; a slanted cut is up to 1.41 times as long
		if size < 0.6*module || size > 1.25*module {
			continue
		}
		n := float64(leg)
		if p.timing(a, bx/n, by/n, cx/n, cy/n, leg) && p.timing(a, cx/n, cy/n, bx/n, by/n, leg) {
			return true
		}
	}
	return false
}

// timing reports whether the modules alternate between two finder patterns, leg modules apart: on
// the line from a corner of one to a corner of the other. (ux, uy) is a step of a module along the
// line, and (vx, vy) one to the inside of the code.
func (p pixels) timing(a centre, ux, uy, vx, vy float64, leg int) bool {
	const steps = 4 // samples of a module
	want := leg - 6 // changes between the corners
	changes, last := 0, true
	for i := range steps*want + 1 {
		along := 3 + float64(i)/steps
		x, y := int(a.x+along*ux+3*vx), int(a.y+along*uy+3*vy)
		if x < 0 || y < 0 || x >= p.width || y >= p.height {
			return false
		}
		if p.at(x, y) != last {
			changes, last = changes+1, !last
		}
	}
	return math.Abs(float64(changes-want)) <= math.Max(2, 0.15*float64(want))
}
