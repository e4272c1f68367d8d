package voice

import "math"

// taps is the number of samples on each side that the filter uses.
const taps = 16

// resample converts PCM to another sample rate. A windowed sinc filter removes frequencies that the
// new rate cannot represent.
func resample(pcm []int16, from, to int) []int16 {
	if from == to || from <= 0 || to <= 0 || len(pcm) == 0 {
		return pcm
	}
	common := gcd(from, to)
	up, down := to/common, from/common
	filters := make([][]float64, up) // one per position between two samples
	half := int(math.Ceil(taps * math.Max(1, float64(from)/float64(to))))
	out := make([]int16, len(pcm)*up/down)
	for i := range out {
		base, phase := i*down/up, i*down%up
		if filters[phase] == nil {
			filters[phase] = filter(half, float64(phase)/float64(up), math.Min(1, float64(to)/float64(from)))
		}
		first := base - half + 1
		var sum float64
		for k, w := range filters[phase] {
			if j := first + k; j >= 0 && j < len(pcm) {
				sum += w * float64(pcm[j])
			}
		}
		out[i] = clip(sum)
	}
	return out
}

// filter returns the weights of the samples around a position that is the given fraction after a
// sample.
func filter(half int, place, cutoff float64) []float64 {
	weights := make([]float64, 2*half)
	var total float64
	for k := range weights {
		x := float64(k-half+1) - place
		weights[k] = sinc(cutoff*x) * (0.5 + 0.5*math.Cos(math.Pi*x/float64(half)))
		total += weights[k]
	}
	for k := range weights {
		weights[k] /= total
	}
	return weights
}

func gcd(a, b int) int {
	for b != 0 {
		a, b = b, a%b
	}
	return a
}

func sinc(x float64) float64 {
	if x == 0 {
		return 1
	}
	return math.Sin(math.Pi*x) / (math.Pi * x)
}

func clip(x float64) int16 {
	return int16(math.Round(math.Max(math.MinInt16, math.Min(math.MaxInt16, x))))
}

// mono mixes interleaved channels into one.
func mono(pcm []int16, channels int) []int16 {
	if channels <= 1 {
		return pcm
	}
	out := make([]int16, len(pcm)/channels)
	for i := range out {
		sum := 0
		for _, s := range pcm[i*channels : (i+1)*channels] {
			sum += int(s)
		}
		out[i] = int16(sum / channels) //nolint:gosec // a mean of such numbers
	}
	return out
}
