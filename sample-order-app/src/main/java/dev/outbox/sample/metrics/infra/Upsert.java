package dev.outbox.sample.metrics.infra;

import java.util.Collections;
import org.springframework.boot.jdbc.DatabaseDriver;

/** How a database adds to rows that may be there or not. Rows are locked in the order in which they are given. */
enum Upsert {
    POSTGRESQL("now()", "ON CONFLICT (product_id) DO UPDATE SET"),
    /** The alias is what PostgreSQL calls the row that was not inserted. */
    MYSQL("utc_timestamp(6)", "AS excluded ON DUPLICATE KEY UPDATE");

    private final String row;
    private final String onConflict;

    Upsert(String now, String onConflict) {
        this.row = "(?, ?, ?, ?, ?, " + now + ")";
        this.onConflict = onConflict;
    }

    static Upsert of(DatabaseDriver database) {
        return switch (database) {
            case POSTGRESQL -> POSTGRESQL;
            case MYSQL -> MYSQL;
            default ->
                throw new IllegalStateException(
                        "The counts of products can be kept in PostgreSQL or MySQL, not in %s. Set spring.datasource.url to one of these."
                                .formatted(database));
        };
    }

    /** Takes of each row the product, and how much is added to its likes, sales, views and sold-outs. */
    String statement(int rows) {
        return """
                INSERT INTO product_metrics (product_id, likes, sales, views, sold_outs, updated_at)
                VALUES %s
                %s
                  likes = product_metrics.likes + excluded.likes,
                  sales = product_metrics.sales + excluded.sales,
                  views = product_metrics.views + excluded.views,
                  sold_outs = product_metrics.sold_outs + excluded.sold_outs,
                  updated_at = excluded.updated_at
                """.formatted(String.join(", ", Collections.nCopies(rows, row)), onConflict);
    }
}
