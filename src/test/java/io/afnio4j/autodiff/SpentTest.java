package io.afnio4j.autodiff;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigDecimal;
import org.junit.jupiter.api.Test;

class SpentTest {

    private static final Spent ONE = new Spent(1, 2, 3, 4, 5, new BigDecimal("0.25"));

    @Test
    void addsUpEachKindOfTokensAndTheMoney() {
        assertThat(ONE.plus(new Spent(10, 20, 30, 40, 50, new BigDecimal("0.50"))))
                .isEqualTo(new Spent(11, 22, 33, 44, 55, new BigDecimal("0.75")));
    }

    @Test
    void knowsNoSumWhereOnePriceIsUnknown() {
        Spent unpriced = new Spent(1, 0, 0, 1, 0, null);

        assertThat(ONE.plus(unpriced).dollars()).isNull();
        assertThat(unpriced.plus(ONE).dollars()).isNull();
    }
}
