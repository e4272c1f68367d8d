package qrfinder_test

import (
	"bytes"
	"image"
	"image/color"
	"image/jpeg"
	"image/png"
	"math"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"rsc.io/qr"

	"github.com/hongyan-go/hongyan/plugin/internal/qrfinder"
)

// at is a picture by the shade of each point.
type at struct {
	width, height int
	shade         func(x, y float64) float64 // 0 is black, 255 white
}

// file draws the picture; a pixel is the mean of four points, as a camera sees it.
func (a at) file(t testing.TB, quality int) *bytes.Reader {
	t.Helper()
	picture := image.NewGray(image.Rect(0, 0, a.width, a.height))
	for y := range a.height {
		for x := range a.width {
			sum := 0.0
			for i := range 4 {
				sum += a.shade(float64(x)+float64(i%2)/2+0.25, float64(y)+float64(i/2)/2+0.25)
			}
			picture.SetGray(x, y, color.Gray{Y: uint8(min(max(sum/4, 0), 255))})
		}
	}
	var file bytes.Buffer
	if quality == 0 {
		require.NoError(t, png.Encode(&file, picture))
	} else {
		require.NoError(t, jpeg.Encode(&file, picture, &jpeg.Options{Quality: quality}))
	}
	return bytes.NewReader(file.Bytes())
}

// code is the shade of a QR code with its quiet zone at a point in modules, and of the paper around
// it.
func code(t testing.TB, text string, paper func(x, y float64) float64) (shade func(x, y float64) float64, size float64) {
	t.Helper()
	c, err := qr.Encode(text, qr.M)
	require.NoError(t, err)
	return func(x, y float64) float64 {
		switch {
		case x < -4 || y < -4 || x > float64(c.Size)+4 || y > float64(c.Size)+4:
			return paper(x, y)
		case c.Black(int(math.Floor(x)), int(math.Floor(y))):
			return 0
		}
		return 255
	}, float64(c.Size)
}

func white(float64, float64) float64 { return 255 }

// turned draws a code of that size in modules in the middle of a picture: turned, with modules of
// so many pixels, and leaning by a part of its size.
func turned(shade func(x, y float64) float64, size, degrees, module, lean float64) at {
	side := int(module*(size+8)*1.45) + 20
	sin, cos := math.Sincos(degrees * math.Pi / 180)
	return at{side, side, func(x, y float64) float64 {
		x, y = (x-float64(side)/2)/module, (y-float64(side)/2)/module
		x, y = cos*x+sin*y, cos*y-sin*x
		x *= 1 + lean*y/size // further away to one side
		return shade(x+size/2, y+size/2)
	}}
}

// TestQR finds a QR code however it is shown, and none in what is not one.
func TestQR(t *testing.T) {
	t.Parallel()
	const short, long = "https://weixin.qq.com/g/abc", "https://u.wechat.com/"

	finds := func(name string, want bool, file *bytes.Reader) {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			found, err := qrfinder.Find(file)
			require.NoError(t, err)
			assert.Equal(t, want, found)
		})
	}
	plain, size := code(t, short, white)
	for _, degrees := range []float64{0, 7, 20, 45, 90, 133, 180} {
		finds("turned", true, turned(plain, size, degrees, 5, 0).file(t, 0))
	}
	finds("small modules", true, turned(plain, size, 0, 2, 0).file(t, 0))
	finds("large modules", true, turned(plain, size, 3, 20, 0).file(t, 0))
	finds("leaning", true, turned(plain, size, 10, 6, 0.2).file(t, 0))
	finds("a poor JPEG", true, turned(plain, size, 4, 4, 0).file(t, 20))
	for _, n := range []int{80, 300} {
		big, size := code(t, long+strings.Repeat("x", n), white)
		finds("many modules", true, turned(big, size, 0, 4, 0).file(t, 0))
		finds("many modules, turned", true, turned(big, size, 30, 4, 0).file(t, 60))
	}
	finds("light on dark", true, turned(func(x, y float64) float64 { return 255 - plain(x, y) }, size, 0, 5, 0).file(t, 0))
	finds("a logo in the middle", true, turned(func(x, y float64) float64 {
		if math.Hypot(x-size/2, y-size/2) < size/6 {
			return 128 + 100*math.Sin(3*x)
		}
		return plain(x, y)
	}, size, 0, 6, 0).file(t, 0))
	finds("in shadow", true, turned(func(x, y float64) float64 { return plain(x, y)*(0.15+0.7*max(0, min(1, x/size))) + 10 },
		size, 5, 6, 0).file(t, 70))
	r := rand.New(rand.NewPCG(1, 2))
	finds("noise of a camera", true, turned(func(x, y float64) float64 { return 40 + plain(x, y)*0.6 + 35*r.NormFloat64() },
		size, 12, 6, 0).file(t, 80))
	poster, size := code(t, short, func(x, y float64) float64 { return 200 + 50*math.Sin(x/7)*math.Cos(y/5) })
	finds("in the corner of a poster", true, at{720, 1280, func(x, y float64) float64 {
		return poster((x-450)/7, (y-900)/7)
	}}.file(t, 75))

	finds("white", false, at{300, 300, white}.file(t, 0))
	finds("stripes", false, at{400, 400, func(x, _ float64) float64 { return 255 * float64(int(x/8)%2) }}.file(t, 0))
	finds("a chess board", false, at{400, 400, func(x, y float64) float64 { return 255 * float64((int(x/8)+int(y/8))%2) }}.file(t, 0))
	finds("stripes as of finder patterns", false, at{700, 700, func(x, _ float64) float64 {
		if "#-###-#-"[int(x/4)%8] == '#' {
			return 0
		}
		return 255
	}}.file(t, 0))
	ring := func(x, y float64) float64 { return 255 * float64(int(math.Hypot(x-200, y-200)/12)%2) }
	finds("rings", false, at{400, 400, ring}.file(t, 0))
	finds("one eye", false, turned(func(x, y float64) float64 {
		if x < 9 && y < 9 {
			return plain(x, y)
		}
		return 255
	}, size, 0, 6, 0).file(t, 0))
	finds("three eyes and nothing between them", false, turned(func(x, y float64) float64 {
		if x > 8 && y > 8 || x > 8 && x < size-8 || y > 8 && y < size-8 {
			return 255
		}
		return plain(x, y)
	}, size, 0, 6, 0).file(t, 0))
	for seed := range uint64(6) {
		r := rand.New(rand.NewPCG(seed, 1))
		modules := make([]float64, 120*120)
		for i := range modules {
			modules[i] = 255 * float64(r.IntN(2))
		}
		finds("random modules", false, at{480, 480, func(x, y float64) float64 { return modules[int(y/4)*120+int(x/4)] }}.file(t, 0))
		finds("noise", false, at{300, 300, func(float64, float64) float64 { return 255 * r.Float64() }}.file(t, 0))
	}

	_, err := qrfinder.Find(strings.NewReader("no picture"))
	require.Error(t, err)
}

// FuzzQR never panics.
func FuzzQR(f *testing.F) {
	code, err := qr.Encode("https://weixin.qq.com/g/abc", qr.M)
	require.NoError(f, err)
	f.Add(code.PNG())
	f.Add([]byte("GIF89a"))
	f.Fuzz(func(t *testing.T, data []byte) {
		if size, _, err := image.DecodeConfig(bytes.NewReader(data)); err == nil && size.Width*size.Height > 1<<14 {
			t.Skip("a large picture takes long")
		}
		_, _ = qrfinder.Find(bytes.NewReader(data))
	})
}
