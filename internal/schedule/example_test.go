package schedule_test

import (
	"context"
	"fmt"
	"time"

	"github.com/hongyan-go/hongyan/internal/schedule"
	"github.com/hongyan-go/hongyan/store/memory"
)

func ExampleScheduler() {
	back := memory.New(memory.Config{})
	defer back.Close()
	s, err := schedule.New(schedule.Config{State: back.State()})
	if err != nil {
		fmt.Println(err)
		return
	}
	times, err := schedule.Parse("@every 1s", time.UTC)
	if err != nil {
		fmt.Println(err)
		return
	}
	ran := make(chan time.Time, 1)
	err = s.Add(schedule.Schedule{Name: "tick", Times: times, CatchUp: schedule.Latest(time.Hour),
		Run: func(_ context.Context, due time.Time) error {
			select {
			case ran <- due:
			default:
			}
			return nil
		}})
	if err != nil {
		fmt.Println(err)
		return
	}
	s.Start()
	fmt.Println(time.Since(<-ran) < time.Minute)
	fmt.Println(s.Stop(context.Background()))
	// Output:
	// true
	// <nil>
}

func ExampleParse() {
	shanghai := time.FixedZone("CST", 8*60*60)
	times, err := schedule.Parse("0 22 * * 1-5", shanghai)
	if err != nil {
		fmt.Println(err)
		return
	}
	at := time.Date(2026, 5, 1, 22, 0, 0, 0, shanghai)
	fmt.Println(times.Next(at))
	_, err = schedule.Parse("0 22 * *", nil)
	fmt.Println(err)
	// Output:
	// 2026-05-04 22:00:00 +0800 CST
	// schedule: "0 22 * *": expected exactly 5 fields, found 4: [0 22 * *]; write five fields such as "0 22 * * *", or @daily, or "@every 90m"
}

func ExampleLatest() {
	times, err := schedule.Parse("0 22 * * *", nil)
	if err != nil {
		fmt.Println(err)
		return
	}
	// a bot that was down at ten sends it until eleven
	job := schedule.Schedule{Name: "digest", Times: times, CatchUp: schedule.Latest(time.Hour)}
	fmt.Println(job.Name, job.CatchUp == schedule.Skip())
	// Output: digest false
}
