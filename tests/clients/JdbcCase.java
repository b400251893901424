// com.clickhouse:clickhouse-jdbc of Maven: java -cp JARS JdbcCase.java ADDRESS.
import java.sql.Connection;
import java.sql.DatabaseMetaData;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.sql.Timestamp;
import java.util.ArrayList;
import java.util.List;

public class JdbcCase {
    public static void main(String[] arguments) throws Exception {
        // The driver's own blocks both ways, HTTP's codings, and neither.
        for (String options : new String[] {"?decompress=true", "?client.use_http_compression=true&decompress=true",
                                            "?compress=false"}) {
            try (Connection connection =
                     DriverManager.getConnection("jdbc:clickhouse://" + arguments[0] + "/default" + options)) {
                same(connection.isValid(5), true);
                reading(connection);
                writing(connection);
                looking(connection.getMetaData());
                failing(connection);
            }
        }
        System.exit(0);  // the driver's threads would keep the program
    }

    static void reading(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            ResultSet row = statement.executeQuery("SELECT 1, 'x', toDecimal64(1.5, 2), NULL");
            same(row.next(), true);
            same(row.getInt(1) + row.getString(2) + row.getBigDecimal(3) + row.getObject(4), "1x1.50null");
            ResultSet many = statement.executeQuery("SELECT number FROM numbers(200000)");
            long sum = 0;
            while (many.next()) sum += many.getLong(1);
            same(sum, 19999900000L);
        }
    }

    static void writing(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.executeUpdate("DROP TABLE IF EXISTS j");
            statement.executeUpdate(
                "CREATE TABLE j (a Int32, s String, d DateTime('UTC')) ENGINE = MergeTree ORDER BY a");
        }
        try (PreparedStatement insert = connection.prepareStatement("INSERT INTO j (a, s, d) VALUES (?, ?, ?)")) {
            for (int i = 0; i < 1000; ++i) {
                insert.setInt(1, i);
                insert.setString(2, "it's " + i);
                insert.setTimestamp(3, new Timestamp(i * 1000L));
                insert.addBatch();
            }
            same(insert.executeBatch().length, 1000);
        }
        try (PreparedStatement query =
                 connection.prepareStatement("SELECT count(), max(toUnixTimestamp(d)) FROM j WHERE a < ? AND s != ?")) {
            query.setInt(1, 10);
            query.setString(2, "it's 9");
            ResultSet row = query.executeQuery();
            row.next();
            same(row.getInt(1) + " " + row.getLong(2), "9 8");
        }
    }

    static void looking(DatabaseMetaData data) throws SQLException {
        same(data.getDatabaseProductName(), "ClickHouse");
        same(column(data.getTables(null, "default", "j", null), "TABLE_NAME"), List.of("j"));
        same(column(data.getColumns(null, "default", "j", null), "COLUMN_NAME"), List.of("a", "s", "d"));
        same(column(data.getPrimaryKeys(null, "default", "j"), "COLUMN_NAME"), List.of("a"));
        same(column(data.getSchemas(), "TABLE_SCHEM").contains("system"), true);
        same(column(data.getTypeInfo(), "TYPE_NAME").isEmpty(), false);
        same(column(data.getFunctions(null, null, "%"), "FUNCTION_NAME").size() > 1000, true);
    }

    static void failing(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.executeQuery("SELECT * FROM nosuch");
        } catch (SQLException error) {
            same(error.getMessage().startsWith("Code: 60. DB::Exception"), true);
            return;
        }
        throw new AssertionError("no error");
    }

    static List<String> column(ResultSet rows, String name) throws SQLException {
        List<String> out = new ArrayList<>();
        while (rows.next()) out.add(rows.getString(name));
        return out;
    }

    static void same(Object found, Object wanted) {
        if (!found.equals(wanted)) throw new AssertionError(found + " was found, " + wanted + " was expected");
    }
}
