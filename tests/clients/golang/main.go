// clickhouse-go, the driver of Grafana's plugin, over HTTP: main ADDRESS.
package main

import (
	"context"
	"fmt"
	"os"
	"strings"
	"time"

	"github.com/ClickHouse/clickhouse-go/v2"
)

var packings = []clickhouse.CompressionMethod{
	clickhouse.CompressionNone, clickhouse.CompressionLZ4, clickhouse.CompressionZSTD,
	clickhouse.CompressionGZIP, clickhouse.CompressionDeflate, clickhouse.CompressionBrotli,
}

func main() {
	for _, packing := range packings {
		if err := run(packing); err != nil {
			fmt.Println(packing, err)
			os.Exit(1)
		}
	}
}

func run(packing clickhouse.CompressionMethod) error {
	db := clickhouse.OpenDB(&clickhouse.Options{
		Addr: []string{os.Args[1]}, Protocol: clickhouse.HTTP, DialTimeout: 5 * time.Second,
		Compression: &clickhouse.Compression{Method: packing},
		Settings:    clickhouse.Settings{"max_execution_time": 60},
	})
	defer db.Close()
	if err := db.Ping(); err != nil {
		return fmt.Errorf("ping: %w", err)
	}
	if _, err := db.Exec("CREATE OR REPLACE TABLE g (a Int64, s LowCardinality(String), l Array(Nullable(Int32)), d DateTime64(3, 'UTC')) ENGINE = MergeTree ORDER BY a"); err != nil {
		return fmt.Errorf("create: %w", err)
	}
	transaction, err := db.Begin()
	if err != nil {
		return err
	}
	insert, err := transaction.PrepareContext(context.Background(), "INSERT INTO g")
	if err != nil {
		return fmt.Errorf("prepare: %w", err)
	}
	five := int32(5)
	for i := 0; i < 10000; i++ {
		if _, err := insert.Exec(int64(i), fmt.Sprint("text ", i%10), []*int32{&five, nil}, time.UnixMilli(int64(i))); err != nil {
			return fmt.Errorf("append: %w", err)
		}
	}
	if err := transaction.Commit(); err != nil {
		return fmt.Errorf("commit: %w", err)
	}
	var count uint64
	var text string
	var list []*int32
	var day time.Time
	if err := db.QueryRow("SELECT count() FROM g WHERE a < ?", 5000).Scan(&count); err != nil || count != 5000 {
		return fmt.Errorf("count: %d %w", count, err)
	}
	if err := db.QueryRow("SELECT s, l, d FROM g WHERE a = 1234").Scan(&text, &list, &day); err != nil {
		return fmt.Errorf("row: %w", err)
	}
	if text != "text 4" || len(list) != 2 || *list[0] != 5 || list[1] != nil || day.UnixMilli() != 1234 {
		return fmt.Errorf("row: %s %v %v", text, list, day)
	}
	if _, err = db.Query("SELECT * FROM nosuch"); err == nil || !strings.Contains(err.Error(), "Code: 60") {
		return fmt.Errorf("the error was expected to be 60: %v", err)
	}
	rows, err := db.Query("SELECT number FROM numbers(300000)")
	if err != nil {
		return err
	}
	sum, number := uint64(0), uint64(0)
	for rows.Next() {
		if err := rows.Scan(&number); err != nil {
			return err
		}
		sum += number
	}
	if sum != 44999850000 {
		return fmt.Errorf("the sum is %d", sum)
	}
	return rows.Err()
}
