package media_test

import (
	"errors"
	"fmt"

	"github.com/hongyan-go/hongyan/media"
)

func ExampleNewClient() {
	client := media.NewClient("hooks.example.com") // the host that the operator has named
	answer, err := client.Get("http://169.254.169.254/latest/meta-data/")
	if err == nil {
		answer.Body.Close()
	}
	fmt.Println(errors.Is(err, media.ErrForbiddenHost))
	// Output: true
}
