package dev.outbox.sample.metrics.infra;

import dev.outbox.sample.metrics.domain.ProductMetrics;
import dev.outbox.sample.metrics.domain.ProductMetricsRepository;
import java.sql.DatabaseMetaData;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import javax.sql.DataSource;
import org.springframework.boot.jdbc.DatabaseDriver;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.support.JdbcUtils;
import org.springframework.jdbc.support.MetaDataAccessException;
import org.springframework.stereotype.Repository;

/** The counts in the database. What is added is one statement for many products. */
@Repository
class JdbcProductMetrics implements ProductMetricsRepository {
    private static final int ROWS = 1000;

    private final JdbcClient jdbc;
    private final Upsert upsert;

    JdbcProductMetrics(JdbcClient jdbc, DataSource dataSource) throws MetaDataAccessException {
        String product = JdbcUtils.extractDatabaseMetaData(dataSource, DatabaseMetaData::getDatabaseProductName);
        this.jdbc = jdbc;
        this.upsert = Upsert.of(DatabaseDriver.fromProductName(product));
    }

    @Override
    public List<ProductMetrics> find(Collection<Long> productIds) {
        if (productIds.isEmpty()) return List.of();
        return jdbc.sql(
                        "SELECT product_id, likes, sales, views, sold_outs FROM product_metrics WHERE product_id IN (:ids)")
                .param("ids", productIds)
                .query(ProductMetrics.class)
                .list();
    }

    @Override
    public void add(List<ProductMetrics> more) {
        for (int from = 0; from < more.size(); from += ROWS) {
            addRows(more.subList(from, Math.min(from + ROWS, more.size())));
        }
    }

    private void addRows(List<ProductMetrics> rows) {
        List<Object> values = new ArrayList<>(5 * rows.size());
        for (ProductMetrics row : rows) {
            Collections.addAll(values, row.productId(), row.likes(), row.sales(), row.views(), row.soldOuts());
        }
        jdbc.sql(upsert.statement(rows.size())).params(values).update();
    }
}
