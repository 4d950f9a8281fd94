// SPDX-License-Identifier: BSD-3-Clause

// Goroutines on Go's own threads: channels, garbage, timers, preemption, signals.
package main

import (
	"fmt"
	"os"
	"os/signal"
	"runtime"
	"sync"
	"syscall"
	"time"
)

type node struct {
	next *node
	load [64]byte
}

func produce(id int, out chan<- int, group *sync.WaitGroup) {
	defer group.Done()
	for i := 0; i < 200; i++ {
		var list *node
		for k := 0; k < 50; k++ {
			list = &node{next: list}
		}
		length := 0
		for ; list != nil; list = list.next {
			length++
		}
		out <- id * length
	}
}

func spin(stop *bool) {
	for !*stop {
	}
}

func main() {
	numbers := make(chan int, 16)
	var group sync.WaitGroup
	for id := 0; id < 20; id++ {
		group.Add(1)
		go produce(id, numbers, &group)
	}
	go func() {
		group.Wait()
		close(numbers)
	}()
	sum := 0
	for number := range numbers {
		sum += number
	}
	runtime.GC()
	fmt.Println("sum", sum)

	begin := time.Now()
	time.Sleep(20 * time.Millisecond)
	fmt.Println("slept", time.Since(begin) >= 20*time.Millisecond)

	never := false
	go spin(&never)
	ticks := 0
	ticker := time.NewTicker(5 * time.Millisecond)
	for range ticker.C {
		ticks++
		if ticks == 5 {
			break
		}
	}
	fmt.Println("ticks", ticks)
	runtime.GC()

	caught := make(chan os.Signal, 1)
	signal.Notify(caught, syscall.SIGUSR1)
	syscall.Kill(os.Getpid(), syscall.SIGUSR1)
	fmt.Println("signal", <-caught)

	read, write, _ := os.Pipe()
	go func() {
		time.Sleep(5 * time.Millisecond)
		write.Write([]byte("through a pipe"))
		write.Close()
	}()
	text := make([]byte, 64)
	length, _ := read.Read(text)
	fmt.Println(string(text[:length]))

	defer func() {
		fmt.Println("recovered", recover())
		os.Exit(3)
	}()
	var nowhere *node
	nowhere.load[0] = 1
}
