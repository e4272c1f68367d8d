package console

import "github.com/hongyan-go/hongyan/internal/web"

func floats(counts []int) []float64 {
	list := make([]float64, len(counts))
	for i, n := range counts {
		list[i] = float64(n)
	}
	return list
}

// chart is a chart of what came and went.
func chart(x series, id, title, in, out, bad string) web.Chart {
	return web.Chart{ID: id, Title: title, From: x.From, Step: x.Step, Series: []web.Series{
		{Name: in, Look: "a", Values: floats(x.In)}, {Name: out, Look: "b", Values: floats(x.Out)},
		{Name: bad, Look: "bad", Values: floats(x.Refused)},
	}}
}

// queueChart is a chart of how many waited.
func queueChart(x series, id, title, name string) web.Chart {
	return web.Chart{ID: id, Title: title, From: x.From, Step: x.Step, Series: []web.Series{
		{Name: name, Look: "c", Values: floats(x.Queue)},
	}}
}

// lagChart is a chart of how long the oldest message waited.
func lagChart(x series, id, title, name string) web.Chart {
	return web.Chart{ID: id, Title: title, Unit: "s", From: x.From, Step: x.Step, Series: []web.Series{
		{Name: name, Look: "c", Values: x.Lag},
	}}
}
