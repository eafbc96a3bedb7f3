package dev.outbox.sample.reconcile;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class OptionsTest {
    @Test
    void options_are_read_in_any_order() {
        assertThat(Options.of()).isEqualTo(new Options(3000, 9, 1, true));
        assertThat(Options.of("--seed", "7", "--without-dedup", "--kills", "2", "--orders", "500"))
                .isEqualTo(new Options(500, 2, 7, false));
    }

    @Test
    void what_is_wrong_is_told_together_with_the_usage() {
        String usage = ". Usage: reconcile [--orders N] [--kills N] [--seed N] [--without-dedup]";
        assertThatThrownBy(() -> Options.of("--order", "5")).hasMessage("there is no option --order" + usage);
        assertThatThrownBy(() -> Options.of("--orders")).hasMessage("--orders needs a number" + usage);
        assertThatThrownBy(() -> Options.of("--seed", "x")).hasMessage("--seed is a number, not 'x'" + usage);
        assertThatThrownBy(() -> Options.of("--orders", "5")).hasMessage("--orders is from 100 to 1000000" + usage);
        assertThatThrownBy(() -> Options.of("--orders", "200", "--kills", "5"))
                .hasMessage("--kills is from 0 to one for each 50 orders" + usage);
    }
}
