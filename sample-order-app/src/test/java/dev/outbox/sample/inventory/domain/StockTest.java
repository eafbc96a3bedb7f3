package dev.outbox.sample.inventory.domain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class StockTest {
    @Test
    void the_last_piece_can_be_taken() {
        Stock stock = new Stock(1, 3);
        stock.deduct(3);
        assertThat(stock.quantity()).isZero();
    }

    @Test
    void more_than_there_is_cannot_be_taken() {
        Stock stock = new Stock(1, 3);
        assertThatThrownBy(() -> stock.deduct(4))
                .isInstanceOf(OutOfStockException.class)
                .hasMessage("Of product 1 there are 3 pieces left, not 4.");
        assertThat(stock.quantity()).isEqualTo(3);
    }

    @Test
    void what_was_taken_can_be_put_back() {
        Stock stock = new Stock(1, 3);
        stock.deduct(3);
        stock.putBack(2);
        assertThat(stock.quantity()).isEqualTo(2);
    }

    @Test
    void an_adjustment_adds_pieces_or_takes_some_out_down_to_none() {
        Stock stock = new Stock(1, 3);
        stock.adjust(4);
        assertThat(stock.quantity()).isEqualTo(7);
        stock.adjust(-7);
        assertThat(stock.quantity()).isZero();
        stock.adjust(Stock.MOST);
        assertThat(stock.quantity()).isEqualTo(Stock.MOST);
    }

    @Test
    void an_adjustment_beyond_the_limits_is_refused() {
        Stock stock = new Stock(1, 3);
        assertThatThrownBy(() -> stock.adjust(-4))
                .isInstanceOf(StockLimitException.class)
                .hasMessage("Of product 1 there are 3 pieces; 4 of them cannot go.");
        assertThatThrownBy(() -> stock.adjust(Integer.MIN_VALUE)).isInstanceOf(StockLimitException.class);
        assertThatThrownBy(() -> stock.adjust(Integer.MAX_VALUE)).isInstanceOf(StockLimitException.class);
        assertThat(stock.quantity()).isEqualTo(3);
    }

    @Test
    void stock_that_cancelled_orders_have_brought_above_the_limit_can_be_reduced_and_not_increased() {
        Stock stock = new Stock(1, Stock.MOST);
        stock.putBack(5);
        stock.adjust(-1);
        assertThat(stock.quantity()).isEqualTo(Stock.MOST + 4);
        assertThatThrownBy(() -> stock.adjust(1)).isInstanceOf(StockLimitException.class);
    }

    @Test
    void nothing_and_less_cannot_be_taken_or_put_back() {
        Stock stock = new Stock(1, 3);
        assertThatThrownBy(() -> stock.deduct(0)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> stock.deduct(-1)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> stock.putBack(0)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new Stock(1, -1)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new Stock(1, Stock.MOST + 1)).isInstanceOf(IllegalArgumentException.class);
    }
}
