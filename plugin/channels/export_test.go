package channels

// Letters returns the texts of the letters in the body of a callback.
func Letters(body []byte) (texts []string) {
	for _, l := range lettersOf(body) {
		texts = append(texts, l.ID+" "+l.From+" "+l.Text)
	}
	return texts
}
