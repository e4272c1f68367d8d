package conf

import (
	"bytes"
	"unicode/utf8"

	"golang.org/x/text/encoding/simplifiedchinese"

	"github.com/hongyan-go/hongyan/internal/phrase"
)

// checkEncoding returns the text of a file without its byte order mark, or an error if it is not
// UTF-8. Replies in another encoding would be garbled.
func checkEncoding(d *Document, text []byte) ([]byte, error) {
	saveAs := phrase.New("save the file as UTF-8")
	if bytes.HasPrefix(text, []byte("\xff\xfe")) || bytes.HasPrefix(text, []byte("\xfe\xff")) {
		return nil, d.at(1, phrase.Errorf("the file is encoded in UTF-16: %v", saveAs))
	}
	text = bytes.TrimPrefix(text, []byte("\xef\xbb\xbf"))
	if i := bytes.IndexByte(text, 0); i >= 0 {
		if looksLikeUTF16(text) {
			return nil, d.at(1, phrase.Errorf("the file is encoded in UTF-16 without a byte order mark: %v", saveAs))
		}
		return nil, d.at(lineAt(text, i), phrase.Errorf("a NUL byte: the file is not a text; %v", saveAs))
	}
	for i := 0; i < len(text); {
		r, n := utf8.DecodeRune(text[i:])
		if r != utf8.RuneError || n > 1 {
			i += n
			continue
		}
		line := lineAt(text, i)
		if looksLikeGB18030(text) {
			return nil, d.at(line, phrase.Errorf("the file is encoded in GBK (GB18030): %v", saveAs))
		}
		return nil, d.at(line, phrase.Errorf("the byte 0x%02X is not UTF-8: %v", text[i], saveAs))
	}
	return text, nil
}

// looksLikeUTF16 reports whether every second byte of a text is zero, as in ASCII characters of
// UTF-16.
func looksLikeUTF16(text []byte) bool {
	var zeros [2]int
	for i, b := range text {
		if b == 0 {
			zeros[i%2]++
		}
	}
	return max(zeros[0], zeros[1])*4 > len(text) && min(zeros[0], zeros[1]) == 0
}

// looksLikeGB18030 reports whether a text that is not UTF-8 decodes as Chinese of that encoding.
func looksLikeGB18030(text []byte) bool {
	decoded, err := simplifiedchinese.GB18030.NewDecoder().Bytes(text)
	return err == nil && !bytes.ContainsRune(decoded, utf8.RuneError)
}

// lineAt is the number of the line that a byte is in.
func lineAt(text []byte, offset int) int { return 1 + bytes.Count(text[:offset], []byte("\n")) }
