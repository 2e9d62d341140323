/* base/country.c: one row per country; codes are ISO 3166-1 and ISO 4217, dial codes ITU E.164. */
#include "base/country.h"

#include "base/arena.h"
#include "base/letters.h"

enum { COUNTRY_NAME_MAX = 100 };

/* clang-format off */
const struct country countries[] = {
    {"AC", "ASC", 0, "SHP", "247", "", 0, 0, false, "Ascension Island", "Ascension"},
    {"AD", "AND", 20, "EUR", "376", "", 0, 0, false, "Andorra", ""},
    {"AE", "ARE", 784, "AED", "971", "0", 8, 9, false, "United Arab Emirates",
     "UAE|U.A.E.|Emirates"},
    {"AF", "AFG", 4, "AFN", "93", "", 0, 0, false, "Afghanistan", ""},
    {"AG", "ATG", 28, "XCD", "1", "1", 10, 10, false, "Antigua and Barbuda", "Antigua"},
    {"AI", "AIA", 660, "XCD", "1", "1", 10, 10, false, "Anguilla", ""},
    {"AL", "ALB", 8, "ALL", "355", "0", 8, 9, false, "Albania", ""},
    {"AM", "ARM", 51, "AMD", "374", "0", 8, 8, false, "Armenia", ""},
    {"AO", "AGO", 24, "AOA", "244", "", 0, 0, false, "Angola", ""},
    {"AQ", "ATA", 10, "USD", "672", "", 0, 0, false, "Antarctica", ""},
    {"AR", "ARG", 32, "ARS", "54", "0", 10, 11, false, "Argentina", "Argentine Republic"},
    {"AS", "ASM", 16, "USD", "1", "1", 10, 10, false, "American Samoa", ""},
    {"AT", "AUT", 40, "EUR", "43", "0", 4, 13, true, "Austria", "Österreich|Oesterreich"},
    {"AU", "AUS", 36, "AUD", "61", "0", 9, 9, false, "Australia", "Commonwealth of Australia"},
    {"AW", "ABW", 533, "AWG", "297", "", 0, 0, false, "Aruba", ""},
    {"AX", "ALA", 248, "EUR", "358", "0", 5, 12, false, "Åland Islands",
     "Aland|Aland Islands|Åland"},
    {"AZ", "AZE", 31, "AZN", "994", "0", 9, 9, false, "Azerbaijan", ""},
    {"BA", "BIH", 70, "BAM", "387", "0", 8, 9, false, "Bosnia and Herzegovina",
     "Bosnia|Bosnia-Herzegovina|Bosna i Hercegovina|Bosnia & Herzegovina"},
    {"BB", "BRB", 52, "BBD", "1", "1", 10, 10, false, "Barbados", ""},
    {"BD", "BGD", 50, "BDT", "880", "0", 8, 10, false, "Bangladesh", ""},
    {"BE", "BEL", 56, "EUR", "32", "0", 8, 9, true, "Belgium", "België|Belgie|Belgique|Belgien"},
    {"BF", "BFA", 854, "XOF", "226", "", 0, 0, false, "Burkina Faso", ""},
    {"BG", "BGR", 100, "EUR", "359", "0", 7, 9, true, "Bulgaria", "Bulgariya"},
    {"BH", "BHR", 48, "BHD", "973", "", 8, 8, false, "Bahrain", ""},
    {"BI", "BDI", 108, "BIF", "257", "", 0, 0, false, "Burundi", ""},
    {"BJ", "BEN", 204, "XOF", "229", "", 0, 0, false, "Benin", ""},
    {"BL", "BLM", 652, "EUR", "590", "", 0, 0, false, "Saint Barthélemy",
     "St Barthelemy|Saint Barthelemy|St. Barts"},
    {"BM", "BMU", 60, "BMD", "1", "1", 10, 10, false, "Bermuda", ""},
    {"BN", "BRN", 96, "BND", "673", "", 0, 0, false, "Brunei", "Brunei Darussalam"},
    {"BO", "BOL", 68, "BOB", "591", "", 8, 8, false, "Bolivia", "Bolivia, Plurinational State of"},
    {"BQ", "BES", 535, "USD", "599", "", 0, 0, false, "Bonaire, Sint Eustatius and Saba",
     "Caribbean Netherlands|Bonaire"},
    {"BR", "BRA", 76, "BRL", "55", "0", 10, 11, false, "Brazil", "Brasil"},
    {"BS", "BHS", 44, "BSD", "1", "1", 10, 10, false, "Bahamas", "The Bahamas|Bahamas, The"},
    {"BT", "BTN", 64, "BTN", "975", "", 0, 0, false, "Bhutan", ""},
    {"BV", "BVT", 74, "NOK", "47", "", 0, 0, false, "Bouvet Island", ""},
    {"BW", "BWA", 72, "BWP", "267", "", 0, 0, false, "Botswana", ""},
    {"BY", "BLR", 112, "BYN", "375", "80", 9, 9, false, "Belarus", "Byelorussia"},
    {"BZ", "BLZ", 84, "BZD", "501", "", 0, 0, false, "Belize", ""},
    {"CA", "CAN", 124, "CAD", "1", "1", 10, 10, false, "Canada", ""},
    {"CC", "CCK", 166, "AUD", "61", "", 0, 0, false, "Cocos (Keeling) Islands", "Cocos Islands"},
    {"CD", "COD", 180, "CDF", "243", "", 0, 0, false, "Congo (Kinshasa)",
     "Congo, Democratic Republic of the|Congo, The Democratic Republic of the|DR Congo|DRC|"
     "Democratic Republic of the Congo|Congo-Kinshasa"},
    {"CF", "CAF", 140, "XAF", "236", "", 0, 0, false, "Central African Republic", ""},
    {"CG", "COG", 178, "XAF", "242", "", 0, 0, false, "Congo (Brazzaville)",
     "Congo|Congo-Brazzaville|Republic of the Congo"},
    {"CH", "CHE", 756, "CHF", "41", "0", 9, 9, false, "Switzerland",
     "Schweiz|Suisse|Svizzera|Swiss Confederation"},
    {"CI", "CIV", 384, "XOF", "225", "", 0, 0, false, "Côte d'Ivoire", "Ivory Coast|Cote d'Ivoire"},
    {"CK", "COK", 184, "NZD", "682", "", 0, 0, false, "Cook Islands", ""},
    {"CL", "CHL", 152, "CLP", "56", "0", 9, 9, false, "Chile", ""},
    {"CM", "CMR", 120, "XAF", "237", "", 0, 0, false, "Cameroon", ""},
    {"CN", "CHN", 156, "CNY", "86", "0", 9, 11, false, "China",
     "People's Republic of China|PRC|P.R. China|PR China|China, People's Republic of|"
     "Mainland China"},
    {"CO", "COL", 170, "COP", "57", "", 8, 10, false, "Colombia", ""},
    {"CR", "CRI", 188, "CRC", "506", "", 8, 8, false, "Costa Rica", ""},
    {"CU", "CUB", 192, "CUP", "53", "", 0, 0, false, "Cuba", ""},
    {"CV", "CPV", 132, "CVE", "238", "", 0, 0, false, "Cabo Verde", "Cape Verde"},
    {"CW", "CUW", 531, "XCG", "599", "", 0, 0, false, "Curaçao", "Curacao"},
    {"CX", "CXR", 162, "AUD", "61", "", 0, 0, false, "Christmas Island", ""},
    {"CY", "CYP", 196, "EUR", "357", "", 8, 8, true, "Cyprus", ""},
    {"CZ", "CZE", 203, "CZK", "420", "", 9, 9, true, "Czechia",
     "Czech Republic|Czech Rep.|Česko|Cesko|Česká republika"},
    {"DE", "DEU", 276, "EUR", "49", "0", 5, 13, true, "Germany",
     "Deutschland|Federal Republic of Germany|Allemagne|FRG|BRD"},
    {"DJ", "DJI", 262, "DJF", "253", "", 0, 0, false, "Djibouti", ""},
    {"DK", "DNK", 208, "DKK", "45", "", 8, 8, true, "Denmark", "Danmark"},
    {"DM", "DMA", 212, "XCD", "1", "1", 10, 10, false, "Dominica", ""},
    {"DO", "DOM", 214, "DOP", "1", "1", 10, 10, false, "Dominican Republic", "Dominican Rep."},
    {"DZ", "DZA", 12, "DZD", "213", "0", 8, 9, false, "Algeria", ""},
    {"EC", "ECU", 218, "USD", "593", "0", 8, 9, false, "Ecuador", ""},
    {"EE", "EST", 233, "EUR", "372", "", 7, 8, true, "Estonia", "Eesti"},
    {"EG", "EGY", 818, "EGP", "20", "0", 8, 10, false, "Egypt", "Arab Republic of Egypt"},
    {"EH", "ESH", 732, "MAD", "212", "", 0, 0, false, "Western Sahara", ""},
    {"ER", "ERI", 232, "ERN", "291", "", 0, 0, false, "Eritrea", ""},
    {"ES", "ESP", 724, "EUR", "34", "", 9, 9, true, "Spain", "España|Espana|Spanien|Espagne"},
    {"ET", "ETH", 231, "ETB", "251", "0", 9, 9, false, "Ethiopia", ""},
    {"FI", "FIN", 246, "EUR", "358", "0", 5, 12, true, "Finland", "Suomi"},
    {"FJ", "FJI", 242, "FJD", "679", "", 0, 0, false, "Fiji", ""},
    {"FK", "FLK", 238, "FKP", "500", "", 0, 0, false, "Falkland Islands",
     "Falklands|Falkland Islands (Malvinas)|Malvinas"},
    {"FM", "FSM", 583, "USD", "691", "", 0, 0, false, "Micronesia",
     "Micronesia, Federated States of|Federated States of Micronesia"},
    {"FO", "FRO", 234, "DKK", "298", "", 0, 0, false, "Faroe Islands", "Faeroe Islands|Faroes"},
    {"FR", "FRA", 250, "EUR", "33", "0", 9, 9, true, "France",
     "Frankreich|French Republic|Metropolitan France"},
    {"GA", "GAB", 266, "XAF", "241", "", 0, 0, false, "Gabon", ""},
    {"GB", "GBR", 826, "GBP", "44", "0", 9, 10, false, "United Kingdom",
     "UK|U.K.|Great Britain|Britain|England|Scotland|Wales|Northern Ireland|"
     "United Kingdom of Great Britain and Northern Ireland"},
    {"GD", "GRD", 308, "XCD", "1", "1", 10, 10, false, "Grenada", ""},
    {"GE", "GEO", 268, "GEL", "995", "0", 9, 9, false, "Georgia", ""},
    {"GF", "GUF", 254, "EUR", "594", "", 0, 0, false, "French Guiana", ""},
    {"GG", "GGY", 831, "GBP", "44", "0", 9, 10, false, "Guernsey", ""},
    {"GH", "GHA", 288, "GHS", "233", "0", 9, 9, false, "Ghana", ""},
    {"GI", "GIB", 292, "GIP", "350", "", 0, 0, false, "Gibraltar", ""},
    {"GL", "GRL", 304, "DKK", "299", "", 0, 0, false, "Greenland", ""},
    {"GM", "GMB", 270, "GMD", "220", "", 0, 0, false, "Gambia", "The Gambia|Gambia, The"},
    {"GN", "GIN", 324, "GNF", "224", "", 0, 0, false, "Guinea", ""},
    {"GP", "GLP", 312, "EUR", "590", "", 0, 0, false, "Guadeloupe", ""},
    {"GQ", "GNQ", 226, "XAF", "240", "", 0, 0, false, "Equatorial Guinea", ""},
    {"GR", "GRC", 300, "EUR", "30", "", 10, 10, true, "Greece",
     "Hellas|EL|Ellada|Hellenic Republic"},
    {"GS", "SGS", 239, "FKP", "500", "", 0, 0, false,
     "South Georgia and the South Sandwich Islands", "South Georgia"},
    {"GT", "GTM", 320, "GTQ", "502", "", 8, 8, false, "Guatemala", ""},
    {"GU", "GUM", 316, "USD", "1", "1", 10, 10, false, "Guam", ""},
    {"GW", "GNB", 624, "XOF", "245", "", 0, 0, false, "Guinea-Bissau", ""},
    {"GY", "GUY", 328, "GYD", "592", "", 0, 0, false, "Guyana", ""},
    {"HK", "HKG", 344, "HKD", "852", "", 8, 8, false, "Hong Kong",
     "Hong Kong SAR|Hong Kong SAR China|Hongkong"},
    {"HM", "HMD", 334, "AUD", "672", "", 0, 0, false, "Heard Island and McDonald Islands",
     "Heard Island"},
    {"HN", "HND", 340, "HNL", "504", "", 8, 8, false, "Honduras", ""},
    {"HR", "HRV", 191, "EUR", "385", "0", 8, 9, true, "Croatia", "Hrvatska"},
    {"HT", "HTI", 332, "HTG", "509", "", 0, 0, false, "Haiti", ""},
    {"HU", "HUN", 348, "HUF", "36", "06", 8, 9, true, "Hungary", "Magyarország|Magyarorszag"},
    {"ID", "IDN", 360, "IDR", "62", "0", 8, 12, false, "Indonesia", ""},
    {"IE", "IRL", 372, "EUR", "353", "0", 7, 9, true, "Ireland",
     "Eire|Éire|Republic of Ireland|Irish Republic|Ireland, Republic of|ROI"},
    {"IL", "ISR", 376, "ILS", "972", "0", 8, 9, false, "Israel", ""},
    {"IM", "IMN", 833, "GBP", "44", "0", 9, 10, false, "Isle of Man", ""},
    {"IN", "IND", 356, "INR", "91", "0", 10, 10, false, "India", "Bharat"},
    {"IO", "IOT", 86, "USD", "246", "", 0, 0, false, "British Indian Ocean Territory", ""},
    {"IQ", "IRQ", 368, "IQD", "964", "0", 8, 10, false, "Iraq", ""},
    {"IR", "IRN", 364, "IRR", "98", "0", 10, 10, false, "Iran", "Iran, Islamic Republic of|Persia"},
    {"IS", "ISL", 352, "ISK", "354", "", 7, 9, false, "Iceland", "Ísland|Island"},
    {"IT", "ITA", 380, "EUR", "39", "", 6, 12, true, "Italy", "Italia|Italien|Italie"},
    {"JE", "JEY", 832, "GBP", "44", "0", 9, 10, false, "Jersey", "Channel Islands"},
    {"JM", "JAM", 388, "JMD", "1", "1", 10, 10, false, "Jamaica", ""},
    {"JO", "JOR", 400, "JOD", "962", "0", 8, 9, false, "Jordan", ""},
    {"JP", "JPN", 392, "JPY", "81", "0", 9, 10, false, "Japan", "Nippon|Nihon"},
    {"KE", "KEN", 404, "KES", "254", "0", 8, 9, false, "Kenya", ""},
    {"KG", "KGZ", 417, "KGS", "996", "", 0, 0, false, "Kyrgyzstan", ""},
    {"KH", "KHM", 116, "KHR", "855", "0", 8, 9, false, "Cambodia", ""},
    {"KI", "KIR", 296, "AUD", "686", "", 0, 0, false, "Kiribati", ""},
    {"KM", "COM", 174, "KMF", "269", "", 0, 0, false, "Comoros", ""},
    {"KN", "KNA", 659, "XCD", "1", "1", 10, 10, false, "Saint Kitts and Nevis",
     "St Kitts and Nevis|St. Kitts and Nevis|St. Kitts & Nevis"},
    {"KP", "PRK", 408, "KPW", "850", "", 0, 0, false, "North Korea",
     "Korea, Democratic People's Republic of|Korea, North|DPRK"},
    {"KR", "KOR", 410, "KRW", "82", "0", 8, 10, false, "South Korea",
     "Korea, Republic of|Korea, South|Republic of Korea|Korea|S. Korea|ROK"},
    {"KW", "KWT", 414, "KWD", "965", "", 8, 8, false, "Kuwait", ""},
    {"KY", "CYM", 136, "KYD", "1", "1", 10, 10, false, "Cayman Islands", "Caymans"},
    {"KZ", "KAZ", 398, "KZT", "7", "8", 10, 10, false, "Kazakhstan", ""},
    {"LA", "LAO", 418, "LAK", "856", "", 0, 0, false, "Laos",
     "Lao People's Democratic Republic|Lao"},
    {"LB", "LBN", 422, "LBP", "961", "0", 7, 8, false, "Lebanon", ""},
    {"LC", "LCA", 662, "XCD", "1", "1", 10, 10, false, "Saint Lucia", "St Lucia|St. Lucia"},
    {"LI", "LIE", 438, "CHF", "423", "", 7, 9, false, "Liechtenstein", ""},
    {"LK", "LKA", 144, "LKR", "94", "0", 9, 9, false, "Sri Lanka", "Ceylon"},
    {"LR", "LBR", 430, "LRD", "231", "", 0, 0, false, "Liberia", ""},
    {"LS", "LSO", 426, "LSL", "268", "", 0, 0, false, "Lesotho", ""},
    {"LT", "LTU", 440, "EUR", "370", "8", 8, 8, true, "Lithuania", "Lietuva"},
    {"LU", "LUX", 442, "EUR", "352", "", 4, 11, true, "Luxembourg", "Luxemburg"},
    {"LV", "LVA", 428, "EUR", "371", "", 8, 8, true, "Latvia", "Latvija"},
    {"LY", "LBY", 434, "LYD", "218", "", 0, 0, false, "Libya", "Libyan Arab Jamahiriya"},
    {"MA", "MAR", 504, "MAD", "212", "0", 9, 9, false, "Morocco", "Maroc"},
    {"MC", "MCO", 492, "EUR", "377", "", 0, 0, false, "Monaco", ""},
    {"MD", "MDA", 498, "MDL", "373", "0", 8, 8, false, "Moldova",
     "Moldova, Republic of|Republic of Moldova"},
    {"ME", "MNE", 499, "EUR", "382", "0", 8, 9, false, "Montenegro", "Crna Gora"},
    {"MF", "MAF", 663, "EUR", "590", "", 0, 0, false, "Saint Martin",
     "Saint Martin (French part)|St Martin|St. Martin|Saint-Martin"},
    {"MG", "MDG", 450, "MGA", "261", "", 0, 0, false, "Madagascar", ""},
    {"MH", "MHL", 584, "USD", "692", "", 0, 0, false, "Marshall Islands", ""},
    {"MK", "MKD", 807, "MKD", "389", "0", 8, 8, false, "North Macedonia",
     "Macedonia|Macedonia, the former Yugoslav Republic of|FYROM|"
     "Republic of North Macedonia"},
    {"ML", "MLI", 466, "XOF", "223", "", 0, 0, false, "Mali", ""},
    {"MM", "MMR", 104, "MMK", "95", "", 0, 0, false, "Myanmar", "Burma"},
    {"MN", "MNG", 496, "MNT", "976", "", 0, 0, false, "Mongolia", ""},
    {"MO", "MAC", 446, "MOP", "853", "", 8, 8, false, "Macao", "Macau|Macao SAR|Macau SAR China"},
    {"MP", "MNP", 580, "USD", "1", "1", 10, 10, false, "Northern Mariana Islands", ""},
    {"MQ", "MTQ", 474, "EUR", "596", "", 0, 0, false, "Martinique", ""},
    {"MR", "MRT", 478, "MRU", "222", "", 0, 0, false, "Mauritania", ""},
    {"MS", "MSR", 500, "XCD", "1", "1", 10, 10, false, "Montserrat", ""},
    {"MT", "MLT", 470, "EUR", "356", "", 8, 8, true, "Malta", ""},
    {"MU", "MUS", 480, "MUR", "230", "", 0, 0, false, "Mauritius", ""},
    {"MV", "MDV", 462, "MVR", "960", "", 0, 0, false, "Maldives", ""},
    {"MW", "MWI", 454, "MWK", "265", "", 0, 0, false, "Malawi", ""},
    {"MX", "MEX", 484, "MXN", "52", "01", 10, 10, false, "Mexico", "México"},
    {"MY", "MYS", 458, "MYR", "60", "0", 8, 10, false, "Malaysia", ""},
    {"MZ", "MOZ", 508, "MZN", "258", "", 0, 0, false, "Mozambique", ""},
    {"NA", "NAM", 516, "NAD", "264", "", 0, 0, false, "Namibia", ""},
    {"NC", "NCL", 540, "XPF", "687", "", 0, 0, false, "New Caledonia", ""},
    {"NE", "NER", 562, "XOF", "227", "", 0, 0, false, "Niger", ""},
    {"NF", "NFK", 574, "AUD", "672", "", 0, 0, false, "Norfolk Island", ""},
    {"NG", "NGA", 566, "NGN", "234", "0", 8, 10, false, "Nigeria", ""},
    {"NI", "NIC", 558, "NIO", "505", "", 8, 8, false, "Nicaragua", ""},
    {"NL", "NLD", 528, "EUR", "31", "0", 9, 9, true, "Netherlands",
     "Holland|The Netherlands|Netherlands, The|Nederland|Pays-Bas"},
    {"NO", "NOR", 578, "NOK", "47", "", 8, 8, false, "Norway", "Norge|Norwegen"},
    {"NP", "NPL", 524, "NPR", "977", "0", 8, 10, false, "Nepal", ""},
    {"NR", "NRU", 520, "AUD", "674", "", 0, 0, false, "Nauru", ""},
    {"NU", "NIU", 570, "NZD", "683", "", 0, 0, false, "Niue", ""},
    {"NZ", "NZL", 554, "NZD", "64", "0", 8, 10, false, "New Zealand", "Aotearoa"},
    {"OM", "OMN", 512, "OMR", "968", "", 8, 8, false, "Oman", ""},
    {"PA", "PAN", 591, "PAB", "507", "", 7, 8, false, "Panama", ""},
    {"PE", "PER", 604, "PEN", "51", "0", 8, 9, false, "Peru", "Perú"},
    {"PF", "PYF", 258, "XPF", "689", "", 0, 0, false, "French Polynesia", "Tahiti"},
    {"PG", "PNG", 598, "PGK", "675", "", 0, 0, false, "Papua New Guinea", ""},
    {"PH", "PHL", 608, "PHP", "63", "0", 8, 10, false, "Philippines", "The Philippines"},
    {"PK", "PAK", 586, "PKR", "92", "0", 9, 10, false, "Pakistan", ""},
    {"PL", "POL", 616, "PLN", "48", "", 9, 9, true, "Poland", "Polska|Polen"},
    {"PM", "SPM", 666, "EUR", "508", "", 0, 0, false, "Saint Pierre and Miquelon",
     "St Pierre and Miquelon|St. Pierre and Miquelon"},
    {"PN", "PCN", 612, "NZD", "64", "", 0, 0, false, "Pitcairn", "Pitcairn Islands"},
    {"PR", "PRI", 630, "USD", "1", "1", 10, 10, false, "Puerto Rico", ""},
    {"PS", "PSE", 275, "ILS", "970", "", 0, 0, false, "Palestine",
     "Palestine, State of|Palestinian Territory|Palestinian Territories|State of Palestine"},
    {"PT", "PRT", 620, "EUR", "351", "", 9, 9, true, "Portugal", ""},
    {"PW", "PLW", 585, "USD", "680", "", 0, 0, false, "Palau", ""},
    {"PY", "PRY", 600, "PYG", "595", "0", 7, 9, false, "Paraguay", ""},
    {"QA", "QAT", 634, "QAR", "974", "", 7, 8, false, "Qatar", ""},
    {"RE", "REU", 638, "EUR", "262", "", 0, 0, false, "Réunion", "Reunion"},
    {"RO", "ROU", 642, "RON", "40", "0", 9, 9, true, "Romania", "Roumania|Rumania|România"},
    {"RS", "SRB", 688, "RSD", "381", "0", 7, 12, false, "Serbia", "Srbija|Republic of Serbia"},
    {"RU", "RUS", 643, "RUB", "7", "8", 10, 10, false, "Russia", "Russian Federation"},
    {"RW", "RWA", 646, "RWF", "250", "", 0, 0, false, "Rwanda", ""},
    {"SA", "SAU", 682, "SAR", "966", "0", 8, 9, false, "Saudi Arabia",
     "KSA|Kingdom of Saudi Arabia"},
    {"SB", "SLB", 90, "SBD", "677", "", 0, 0, false, "Solomon Islands", ""},
    {"SC", "SYC", 690, "SCR", "248", "", 0, 0, false, "Seychelles", ""},
    {"SD", "SDN", 729, "SDG", "249", "", 0, 0, false, "Sudan", ""},
    {"SE", "SWE", 752, "SEK", "46", "0", 6, 10, true, "Sweden", "Sverige|Schweden"},
    {"SG", "SGP", 702, "SGD", "65", "", 8, 8, false, "Singapore", ""},
    {"SH", "SHN", 654, "SHP", "290", "", 0, 0, false, "Saint Helena",
     "St Helena|St. Helena|Saint Helena, Ascension and Tristan da Cunha"},
    {"SI", "SVN", 705, "EUR", "386", "0", 8, 8, true, "Slovenia", "Slovenija"},
    {"SJ", "SJM", 744, "NOK", "47", "", 0, 0, false, "Svalbard and Jan Mayen", "Svalbard"},
    {"SK", "SVK", 703, "EUR", "421", "0", 9, 9, true, "Slovakia", "Slovak Republic|Slovensko"},
    {"SL", "SLE", 694, "SLE", "232", "", 0, 0, false, "Sierra Leone", ""},
    {"SM", "SMR", 674, "EUR", "378", "", 6, 12, false, "San Marino", ""},
    {"SN", "SEN", 686, "XOF", "221", "", 0, 0, false, "Senegal", ""},
    {"SO", "SOM", 706, "SOS", "252", "", 0, 0, false, "Somalia", ""},
    {"SR", "SUR", 740, "SRD", "597", "", 0, 0, false, "Suriname", ""},
    {"SS", "SSD", 728, "SSP", "211", "", 0, 0, false, "South Sudan", ""},
    {"ST", "STP", 678, "STN", "239", "", 0, 0, false, "Sao Tome and Principe",
     "São Tomé and Príncipe|Sao Tome & Principe"},
    {"SV", "SLV", 222, "USD", "503", "", 8, 8, false, "El Salvador", ""},
    {"SX", "SXM", 534, "XCG", "1", "1", 10, 10, false, "Sint Maarten",
     "St. Maarten|Sint Maarten (Dutch part)"},
    {"SY", "SYR", 760, "SYP", "963", "", 0, 0, false, "Syria", "Syrian Arab Republic"},
    {"SZ", "SWZ", 748, "SZL", "268", "", 0, 0, false, "Eswatini", "Swaziland"},
    {"TA", "TAA", 0, "GBP", "290", "", 0, 0, false, "Tristan da Cunha", ""},
    {"TC", "TCA", 796, "USD", "1", "1", 10, 10, false, "Turks and Caicos Islands",
     "Turks & Caicos Islands|Turks and Caicos"},
    {"TD", "TCD", 148, "XAF", "235", "", 0, 0, false, "Chad", ""},
    {"TF", "ATF", 260, "EUR", "262", "", 0, 0, false, "French Southern Territories", ""},
    {"TG", "TGO", 768, "XOF", "228", "", 0, 0, false, "Togo", ""},
    {"TH", "THA", 764, "THB", "66", "0", 8, 9, false, "Thailand", ""},
    {"TJ", "TJK", 762, "TJS", "992", "", 0, 0, false, "Tajikistan", ""},
    {"TK", "TKL", 772, "NZD", "690", "", 0, 0, false, "Tokelau", ""},
    {"TL", "TLS", 626, "USD", "670", "", 0, 0, false, "Timor-Leste", "East Timor"},
    {"TM", "TKM", 795, "TMT", "993", "", 0, 0, false, "Turkmenistan", ""},
    {"TN", "TUN", 788, "TND", "216", "", 8, 8, false, "Tunisia", ""},
    {"TO", "TON", 776, "TOP", "676", "", 0, 0, false, "Tonga", ""},
    {"TR", "TUR", 792, "TRY", "90", "0", 10, 10, false, "Türkiye", "Turkey|Turkiye"},
    {"TT", "TTO", 780, "TTD", "1", "1", 10, 10, false, "Trinidad and Tobago",
     "Trinidad & Tobago|Trinidad"},
    {"TV", "TUV", 798, "AUD", "688", "", 0, 0, false, "Tuvalu", ""},
    {"TW", "TWN", 158, "TWD", "886", "0", 8, 9, false, "Taiwan",
     "Taiwan, Province of China|Taiwan, R.O.C.|Republic of China|ROC"},
    {"TZ", "TZA", 834, "TZS", "255", "0", 9, 9, false, "Tanzania",
     "Tanzania, United Republic of|United Republic of Tanzania"},
    {"UA", "UKR", 804, "UAH", "380", "0", 9, 9, false, "Ukraine", "Ukraina"},
    {"UG", "UGA", 800, "UGX", "256", "0", 9, 9, false, "Uganda", ""},
    {"UM", "UMI", 581, "USD", "1", "1", 10, 10, false, "United States Minor Outlying Islands",
     "US Minor Outlying Islands|U.S. Outlying Islands"},
    {"US", "USA", 840, "USD", "1", "1", 10, 10, false, "United States",
     "USA|U.S.A.|U.S.|United States of America|America"},
    {"UY", "URY", 858, "UYU", "598", "0", 7, 8, false, "Uruguay", ""},
    {"UZ", "UZB", 860, "UZS", "998", "", 0, 0, false, "Uzbekistan", ""},
    {"VA", "VAT", 336, "EUR", "39", "", 6, 12, false, "Vatican City",
     "Holy See|Vatican|Holy See (Vatican City State)|Vatican City State"},
    {"VC", "VCT", 670, "XCD", "1", "1", 10, 10, false, "Saint Vincent and the Grenadines",
     "St Vincent and the Grenadines|St. Vincent and the Grenadines|"
     "St. Vincent & Grenadines|St. Vincent"},
    {"VE", "VEN", 862, "VES", "58", "0", 10, 10, false, "Venezuela",
     "Venezuela, Bolivarian Republic of"},
    {"VG", "VGB", 92, "USD", "1", "1", 10, 10, false, "British Virgin Islands",
     "Virgin Islands, British|BVI"},
    {"VI", "VIR", 850, "USD", "1", "1", 10, 10, false, "US Virgin Islands",
     "Virgin Islands, U.S.|USVI|United States Virgin Islands"},
    {"VN", "VNM", 704, "VND", "84", "0", 9, 10, false, "Vietnam", "Viet Nam"},
    {"VU", "VUT", 548, "VUV", "678", "", 0, 0, false, "Vanuatu", ""},
    {"WF", "WLF", 876, "XPF", "681", "", 0, 0, false, "Wallis and Futuna", "Wallis & Futuna"},
    {"WS", "WSM", 882, "WST", "685", "", 0, 0, false, "Samoa", "Western Samoa"},
    {"XK", "XKX", 0, "EUR", "383", "0", 8, 9, false, "Kosovo", "Republic of Kosovo"},
    {"YE", "YEM", 887, "YER", "967", "", 0, 0, false, "Yemen", ""},
    {"YT", "MYT", 175, "EUR", "262", "", 0, 0, false, "Mayotte", ""},
    {"ZA", "ZAF", 710, "ZAR", "27", "0", 9, 9, false, "South Africa",
     "RSA|Republic of South Africa|S. Africa"},
    {"ZM", "ZMB", 894, "ZMW", "260", "", 0, 0, false, "Zambia", ""},
    {"ZW", "ZWE", 716, "ZWG", "263", "", 0, 0, false, "Zimbabwe", "Rhodesia"},
    {"", "", 0, "", "", "", 0, 0, false, "", ""},
};
/* clang-format on */

static struct text bare_name(struct arena *a, struct text t);
static bool is_named(struct arena *a, const struct country *c, struct text wanted);

static int code_order(const char *typed, const char *alpha2)
{
    for (int i = 0; i < 2; i++) {
        int c = typed[i] >= 'a' && typed[i] <= 'z' ? typed[i] - 0x20 : typed[i];
        if (c != alpha2[i]) return c < alpha2[i] ? -1 : 1;
    }
    return 0;
}

const struct country *country_by_code(struct text alpha2)
{
    if (alpha2.len != 2) return NULL;
    static _Thread_local const struct country *last = countries; /* mostly it is asked for again */
    if (code_order(alpha2.at, last->alpha2) == 0) return last;
    size_t low = 0, high = sizeof countries / sizeof *countries - 1;
    while (low < high) {
        size_t middle = (low + high) / 2;
        int order = code_order(alpha2.at, countries[middle].alpha2);
        if (order == 0) return last = &countries[middle];
        if (order < 0) high = middle;
        if (order > 0) low = middle + 1;
    }
    return NULL;
}

const struct country *country_find(struct text t)
{
    t = text_trim(t);
    if (!t.len || t.len > COUNTRY_NAME_MAX) return NULL;
    const struct country *found = country_by_code(t);
    int64_t numeric = 0;
    bool is_number = text_to_i64(t, &numeric) && numeric > 0;
    for (const struct country *c = countries; *c->alpha2 && !found; c++) {
        if (t.len == 3 && text_eq_nocase(t, text_of(c->alpha3))) found = c;
        if (is_number && c->numeric == numeric) found = c;
    }
    if (found || is_number) return found;
    struct arena a = {0};
    struct text wanted = bare_name(&a, t);
    for (const struct country *c = countries; *c->alpha2 && !found; c++)
        if (wanted.len && is_named(&a, c, wanted)) found = c;
    arena_free(&a);
    return found;
}

/* "The U.S.A." and "usa", "Côte d'Ivoire" and "cote divoire" are one name. */
static struct text bare_name(struct arena *a, struct text t)
{
    struct text folded = letters_fold(a, t);
    if (text_starts(folded, T("the "))) folded = text_skip(folded, 4);
    struct buf b = buf_new(a);
    for (size_t i = 0; i < folded.len; i++) {
        char c = folded.at[i];
        if (c == '&')
            buf_puts(&b, "and");
        else if ((c >= 'a' && c <= 'z') || (unsigned char)c >= 0x80)
            buf_putc(&b, c);
    }
    return buf_text(&b);
}

static bool is_named(struct arena *a, const struct country *c, struct text wanted)
{
    struct arena_mark mark = arena_mark(a);
    bool same = text_eq(wanted, bare_name(a, text_of(c->name)));
    for (struct text rest = text_of(c->others); rest.at && !same;)
        same = text_eq(wanted, bare_name(a, text_split(rest, '|', &rest)));
    arena_rewind(a, mark);
    return same;
}
