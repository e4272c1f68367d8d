package table

import (
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
)

// Append adds a line of JSON for each value to a file.
func Append[T any](file string, values []T) error {
	if err := os.MkdirAll(filepath.Dir(file), dirMode); err != nil {
		return err
	}
	var lines []byte
	for _, v := range values {
		line, err := json.Marshal(v)
		if err != nil {
			return err
		}
		lines = append(append(lines, line...), '\n')
	}
	f, err := os.OpenFile(file, os.O_WRONLY|os.O_CREATE|os.O_APPEND, fileMode) //nolint:gosec // of the configuration
	if err != nil {
		return err
	}
	_, err = f.Write(lines)
	return errors.Join(err, f.Close())
}
