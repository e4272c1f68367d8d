package media

import (
	"fmt"
	"os"
)

// File is a downloaded file.
type File struct {
	Path   string `json:"path"` // below Config.Dir
	Name   string `json:"name"` // its last element, safe
	Size   int64  `json:"size"` // bytes
	SHA256 string `json:"sha256"`
	MD5    string `json:"md5"`
	Type   string `json:"type"` // content type, by its first bytes

	page bool // it starts like an HTML page
}

// Open opens the file for reading.
func (f *File) Open() (*os.File, error) {
	file, err := os.Open(f.Path)
	if err != nil {
		return nil, fmt.Errorf("media: %w", err)
	}
	return file, nil
}
