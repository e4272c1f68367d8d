package contacts_test

import (
	"context"
	"fmt"

	"github.com/hongyan-go/hongyan/api"
	"github.com/hongyan-go/hongyan/contacts"
	"github.com/hongyan-go/hongyan/simulator"
)

func ExampleBook() {
	sim, err := simulator.New(simulator.Config{})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer sim.Close()
	client, err := api.New(api.Config{BaseURL: sim.BaseURL(), Token: sim.Token()})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer client.Close()

	book := contacts.New(contacts.Config{Client: client})
	ctx := context.Background()
	fmt.Println(book.Contact(ctx, simulator.DefaultAppID, "10000000001@chatroom"))
	fmt.Println(book.Member(ctx, simulator.DefaultAppID, "10000000001@chatroom", "wxid_alice"))
	// Output:
	// A
	// Alice
}

func ExampleBook_Find() {
	sim, err := simulator.New(simulator.Config{})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer sim.Close()
	client, err := api.New(api.Config{BaseURL: sim.BaseURL(), Token: sim.Token()})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer client.Close()

	book := contacts.New(contacts.Config{Client: client})
	ctx := context.Background()
	fmt.Println(book.Find(ctx, simulator.DefaultAppID, "A"))
	fmt.Println(book.FindMember(ctx, simulator.DefaultAppID, "10000000001@chatroom", "Alice"))
	// Output:
	// 10000000001@chatroom <nil>
	// wxid_alice <nil>
}
