package alerts

import "github.com/hongyan-go/hongyan/router"

// Parse reads a body, and returns the texts that it makes.
func Parse(format, text string, body []byte) (texts []string, err error) {
	s := sender{Sender: Sender{Format: format}}
	if text != "" {
		if s.text, err = router.ParseTemplate(text); err != nil {
			return nil, err
		}
	}
	r, err := s.parse(body, "")
	if err != nil {
		return nil, err
	}
	for _, m := range (&taken{List: r.Alerts}).messages("all") {
		texts = append(texts, m.text)
	}
	return texts, nil
}
