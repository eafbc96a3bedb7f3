package dev.outbox.sample.product.infra;

import dev.outbox.sample.product.domain.LikeRepository;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.core.simple.JdbcClient.StatementSpec;
import org.springframework.stereotype.Repository;

/** Likes in the database. The same SQL for PostgreSQL and MySQL. */
@Repository
class JdbcLikes implements LikeRepository {
    private final JdbcClient jdbc;

    JdbcLikes(JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    @Override
    public boolean exists(long userId, long productId) {
        return of(userId, productId, "SELECT count(*) FROM product_likes WHERE user_id = ? AND product_id = ?")
                        .query(Integer.class)
                        .single()
                > 0;
    }

    @Override
    public void insert(long userId, long productId) {
        of(userId, productId, "INSERT INTO product_likes (user_id, product_id) VALUES (?, ?)")
                .update();
    }

    @Override
    public boolean delete(long userId, long productId) {
        return of(userId, productId, "DELETE FROM product_likes WHERE user_id = ? AND product_id = ?")
                        .update()
                > 0;
    }

    private StatementSpec of(long userId, long productId, String sql) {
        return jdbc.sql(sql).param(userId).param(productId);
    }
}
