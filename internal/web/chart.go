package web

import (
	"fmt"
	"strings"
	"time"
)

// The size of a chart in units of its viewBox.
const (
	chartWidth  = 600.0
	chartHeight = 120.0
)

// Chart is a chart of numbers over time, which the template "chart" draws as SVG with a table of
// the same numbers.
type Chart struct {
	ID     string // unique in the page
	Title  string
	Unit   string // behind the numbers: "s"
	From   time.Time
	Step   time.Duration
	Series []Series
}

// Series is one line of a chart.
type Series struct {
	Name string
	// Look is the class of the line: a, b, c or bad.
	Look   string
	Values []float64
}

// Max returns the upper end of the chart's scale: 1, 2 or 5 times a power of ten.
func (c Chart) Max() float64 {
	most := 0.0
	for _, s := range c.Series {
		for _, v := range s.Values {
			most = max(most, v)
		}
	}
	scale := 1.0
	for most > 0 && scale > most {
		scale /= 10
	}
	for scale*10 <= most {
		scale *= 10
	}
	for _, f := range []float64{1, 2, 5, 10} {
		if scale*f >= most {
			return scale * f
		}
	}
	return scale * 10
}

// Points returns the points of a line in the chart's viewBox.
func (c Chart) Points(s Series) string {
	var b strings.Builder
	top := c.Max()
	for i, v := range s.Values {
		x := 0.0
		if len(s.Values) > 1 {
			x = chartWidth * float64(i) / float64(len(s.Values)-1)
		}
		fmt.Fprintf(&b, "%.1f,%.1f ", x, chartHeight-chartHeight*v/top)
	}
	return strings.TrimSuffix(b.String(), " ")
}

// ViewBox returns the viewBox of the drawing.
func (Chart) ViewBox() string { return fmt.Sprintf("0 -4 %g %g", chartWidth, chartHeight+8) }

// Rows returns the numbers by time, for the table.
func (c Chart) Rows() []ChartRow {
	var rows []ChartRow
	for _, s := range c.Series {
		for i, v := range s.Values {
			if i == len(rows) {
				rows = append(rows, ChartRow{At: c.From.Add(time.Duration(i) * c.Step)})
			}
			rows[i].Values = append(rows[i].Values, number(v))
		}
	}
	return rows
}

// ChartRow is a row of the table of a chart.
type ChartRow struct {
	At     time.Time
	Values []string
}

// End returns the time of the last value.
func (c Chart) End() time.Time {
	n := 0
	for _, s := range c.Series {
		n = max(n, len(s.Values)-1)
	}
	return c.From.Add(time.Duration(n) * c.Step)
}

// Top returns Max as text.
func (c Chart) Top() string { return number(c.Max()) }

// Last returns the last value of a line as text.
func (Chart) Last(s Series) string {
	if len(s.Values) == 0 {
		return "–"
	}
	return number(s.Values[len(s.Values)-1])
}

func number(v float64) string { return strings.TrimSuffix(fmt.Sprintf("%.4g", v), ".0") }
