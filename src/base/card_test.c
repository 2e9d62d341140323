#include "base/card.h"

#include "harness.h"

TEST(card, a_card_number_is_found_however_it_is_written)
{
    /* The networks' published numbers for tests. */
    static const char *const cards[] = {"4111111111111111",
                                        "4111 1111 1111 1111",
                                        "please use 5500-0000-0000-0004 thanks",
                                        "378282246310005",
                                        "for line 12 take 4111 1111 1111 1111 exp 12 27",
                                        "6011000990139424",
                                        "3530111333300000",
                                        "30569309025904",
                                        "2223003122003222",
                                        "6200000000000005",
                                        "a\n4242424242424242"};
    for (size_t i = 0; i < sizeof cards / sizeof *cards; i++)
        if (!card_number_in(text_of(cards[i])))
            test_fail(__FILE__, __LINE__, "not found in \"%s\"", cards[i]);
}

TEST(card, other_numbers_are_left_alone)
{
    static const char *const others[] = {"order 4111111111111112", /* its check digit is wrong */
                                         "tok_4111",
                                         "2026-11-23 17:05",
                                         "00340433836442636597",   /* SSCC */
                                         "1234111111111111111123", /* part of a longer number */
                                         "4006381333931",          /* EAN */
                                         "9400100000000000000000", /* a parcel */
                                         "+49 30 901820 1234",
                                         "4111 1111",
                                         "4111/1111/1111/1111",
                                         ""};
    for (size_t i = 0; i < sizeof others / sizeof *others; i++)
        if (card_number_in(text_of(others[i])))
            test_fail(__FILE__, __LINE__, "seen in \"%s\"", others[i]);
}
