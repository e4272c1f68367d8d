package record_test

import (
	"fmt"

	"github.com/hongyan-go/hongyan/internal/record"
)

func ExampleRedactor() {
	r := record.NewRedactor(make([]byte, record.KeySize)) // a key for an example; use NewKey
	body := r.Body([]byte(`{"TypeName":"AddMsg","Data":{"MsgType":1,"FromUserName":{"string":"filehelper"},"Content":{"string":"!"}}}`))
	fmt.Println(string(body))
	first := r.ID("10000000001@chatroom")
	fmt.Println(first == r.ID("10000000001@chatroom"), first == r.ID("20000000002@chatroom"))
	// Output:
	// {"TypeName":"AddMsg","Data":{"MsgType":1,"FromUserName":{"string":"filehelper"},"Content":{"string":"!"}}}
	// true false
}
