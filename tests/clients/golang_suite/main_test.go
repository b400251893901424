// Stands in for the file of the same name of clickhouse-go's tests/std, which starts a server in Docker or
// asks one over the native protocol before the first test. Here the address is given, and that is all.
package std

import (
	"crypto/tls"
	"database/sql"
	"net/url"
	"os"
	"strconv"
	"testing"

	"github.com/ClickHouse/clickhouse-go/v2"
	"github.com/ClickHouse/clickhouse-go/v2/lib/proto"
	clickhouse_tests "github.com/ClickHouse/clickhouse-go/v2/tests"
)

const testSet string = "std"

func TestMain(m *testing.M) {
	port, err := strconv.Atoi(os.Getenv("ENGINE_PORT"))
	if err != nil {
		panic(err)
	}
	clickhouse_tests.ResetRandSeed()
	clickhouse_tests.SetTestEnvironment(testSet, clickhouse_tests.ClickHouseTestEnvironment{
		Host: "127.0.0.1", HttpPort: port, Port: 1, Username: "default", Database: "default",
		Version: proto.Version{Major: 26, Minor: 7},
	})
	os.Exit(m.Run())
}

func GetStdDSNConnection(protocol clickhouse.Protocol, secure bool, opts url.Values) (*sql.DB, error) {
	return GetDSNConnection(testSet, protocol, secure, opts)
}

func GetStdOpenDBConnection(protocol clickhouse.Protocol, settings clickhouse.Settings, tlsConfig *tls.Config, compression *clickhouse.Compression) (*sql.DB, error) {
	return GetOpenDBConnection(testSet, protocol, settings, tlsConfig, compression)
}
