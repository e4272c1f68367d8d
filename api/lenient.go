package api

import (
	"bytes"
	"errors"
	"reflect"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
)

var errOddValue = errors.New("unexpected kind")

// readNothing reads what the service writes for something that is not there, [] or {} or "", where Go has another kind.
func readNothing(dec *jsontext.Decoder, target any) error {
	switch target.(type) {
	case json.Unmarshaler, json.UnmarshalerFrom:
		return errors.ErrUnsupported
	}
	v, kind := reflect.ValueOf(target).Elem(), dec.PeekKind()
	isSlice := v.Kind() == reflect.Slice && (kind == '{' || kind == '"')
	isStruct := v.Kind() == reflect.Struct && (kind == '[' || kind == '"')
	if !isSlice && !isStruct {
		return errors.ErrUnsupported
	}
	raw, err := dec.ReadValue()
	if err != nil {
		return err
	}
	if len(bytes.TrimSpace(raw[1:len(raw)-1])) != 0 {
		return errOddValue
	}
	v.SetZero()
	return nil
}
