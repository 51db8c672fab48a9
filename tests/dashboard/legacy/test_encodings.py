"""Encodings per file, then per line; never a replacement character."""

import pytest

from .reading import read

KOREAN = (
    "종목,방향,진입시간,청산시간,진입가,청산가,수량,수수료,손익,사유\n"
    "SOLUSDT,롱,2024-01-03 14:39:30,2024-01-03 15:28:24,92.63,93.99,0.8017,0.05984530,"
    "1.03046670,신호\n"
    "ETHUSDT,숏,2024-01-03 21:15:31,2024-01-04 05:20:03,2462.70,2489.49,2.2483,"
    "4.45360351,-64.68556051,손절\n"
)
GERMAN = (
    "Handelspaar;Richtung;Eröffnungszeit;Schließungszeit;Eröffnungskurs;Schließkurs;"
    "Menge;Gebühr;Gewinn\n"
    "SOLUSDT;Kauf;03.01.2024 14:39:30;03.01.2024 15:28:24;92,63;93,99;0,8017;0,"
    "05984530;1,03046670\n"
    "ETHUSDT;Verkauf;03.01.2024 21:15:31;04.01.2024 05:20:03;2462,70;2489,49;2,2483;"
    "4,45360351;-64,68556051\n"
)
RUSSIAN = (
    "Пара;Направление;Время входа;Время выхода;Цена входа;Цена "
    "выхода;Количество;Комиссия;Прибыль\n"
    "SOLUSDT;Лонг;03.01.2024 14:39:30;03.01.2024 15:28:24;92,63;93,99;0,8017;0,"
    "05984530;1,03046670\n"
    "ETHUSDT;Шорт;03.01.2024 21:15:31;04.01.2024 05:20:03;2462,70;2489,49;2,2483;4,"
    "45360351;-64,68556051\n"
)
CHINESE = (
    "交易对,方向,开仓时间,平仓时间,开仓价,平仓价,数量,手续费,盈亏,原因\n"
    "SOLUSDT,做多,2024年1月3日 14:39:30,2024年1月3日 15:28:24,92.63,93.99,0.8017,"
    "0.05984530,1.03046670,信号\n"
    "ETHUSDT,做空,2024年1月3日 21:15:31,2024年1月4日 05:20:03,2462.70,2489.49,2.2483,"
    "4.45360351,-64.68556051,止损\n"
)
JAPANESE = (
    "エントリー日時,決済日時,通貨ペア,売買,エントリー価格,決済価格,数量,手数料,損益\n"
    "2024/01/03 14:39:30,2024/01/03 15:28:24,SOLUSDT,買い,92.63,93.99,0.8017,0.05984530,"
    "1.03046670\n"
    "2024/01/03 21:15:31,2024/01/04 05:20:03,ETHUSDT,売り,2462.70,2489.49,2.2483,4.45360351,"
    "-64.68556051\n"
)
POLISH = (
    "Data wejścia;Data wyjścia;Para;Kierunek;Cena wejścia;Cena wyjścia;Ilość;Prowizja;Zysk\n"
    "2024-01-03 14:39:30;2024-01-03 15:28:24;SOLUSDT;kupno;92,63;93,99;0,8017;0,05984530;"
    "1,03046670\n"
    "2024-01-03 21:15:31;2024-01-04 05:20:03;ETHUSDT;sprzedaż;2462,70;2489,49;2,2483;4,45360351;"
    "-64,68556051\n"
)
TURKISH = (
    "Giriş Zamanı;Çıkış Zamanı;Parite;Yön;Giriş Fiyatı;Çıkış Fiyatı;Miktar;Komisyon;Kâr/Zarar\n"
    "2024-01-03 14:39:30;2024-01-03 15:28:24;SOLUSDT;Alış;92,63;93,99;0,8017;0,05984530;"
    "1,03046670\n"
    "2024-01-03 21:15:31;2024-01-04 05:20:03;ETHUSDT;Satış;2462,70;2489,49;2,2483;4,45360351;"
    "-64,68556051\n"
)
ITALIAN = (
    "Data ingresso;Data uscita;Coppia;Direzione;Prezzo ingresso;Prezzo uscita;Quantità;Commissioni;"
    "Profitto\n"
    "03/01/2024 14:39:30;13/01/2024 15:28:24;SOLUSDT;Acquisto;92,63;93,99;0,8017;0,05984530;"
    "1,03046670\n"
    "03/01/2024 21:15:31;14/01/2024 05:20:03;ETHUSDT;Vendita;2462,70;2489,49;2,2483;4,45360351;"
    "-64,68556051\n"
)
SPANISH = (
    "Fecha apertura;Fecha cierre;Par;Dirección;Precio entrada;Precio salida;Cantidad;Comisión;"
    "Ganancia\n"
    "2024-01-03 14:39:30;2024-01-03 15:28:24;SOLUSDT;compra;92,63;93,99;0,8017;0,05984530;"
    "1,03046670\n"
    "2024-01-03 21:15:31;2024-01-04 05:20:03;ETHUSDT;venta;2462,70;2489,49;2,2483;4,45360351;"
    "-64,68556051\n"
)
NETS = ["1.03046670", "-64.68556051"]


@pytest.mark.parametrize(
    ("content", "encoding", "named"),
    [
        (KOREAN, "utf-8", "utf-8"),
        (KOREAN, "utf-8-sig", "utf-8"),
        (KOREAN, "cp949", "cp949"),
        (KOREAN, "utf-16", "utf-16"),
        (KOREAN, "utf-16-le", "utf-16"),
        (KOREAN, "utf-16-be", "utf-16"),
        (GERMAN, "cp1252", "cp1252"),
        (GERMAN, "latin-1", "cp1252"),
        (RUSSIAN, "cp1251", "cp1251"),
        (CHINESE, "utf-8", "utf-8"),
        (CHINESE, "gb18030", "gb18030"),
        (JAPANESE, "utf-8", "utf-8"),
        (JAPANESE, "cp932", "cp932"),
        (POLISH, "cp1250", "cp1250"),
        (TURKISH, "cp1254", "cp1254"),
        (ITALIAN, "latin-1", "cp1252"),
        (SPANISH, "cp1252", "cp1252"),
    ],
)
def test_a_file_in_one_encoding(content: str, encoding: str, named: str) -> None:
    reading = read(content.encode(encoding))
    assert (reading.nets, reading.report.encoding) == (NETS, named)


def test_two_encodings_in_one_file() -> None:
    first, *rest = KOREAN.splitlines(keepends=True)
    data = first.encode("cp949") + rest[0].encode("utf-8") + rest[1].encode("cp949")
    reading = read(data)
    assert (reading.nets, reading.report.encoding) == (NETS, "cp949+utf-8")


def test_plain_text_appended_to_a_utf_16_file() -> None:
    head, last = KOREAN.rsplit("\n", 2)[:2]
    reading = read((head + "\n").encode("utf-16") + (last + "\n").encode("utf-8"))
    assert reading.nets == NETS


def test_utf_16_appended_to_plain_text() -> None:
    head, last = KOREAN.rsplit("\n", 2)[:2]
    reading = read((head + "\n").encode("utf-8") + (last + "\n").encode("utf-16-le"))
    assert reading.nets == NETS


def test_carriage_returns_alone_end_lines() -> None:
    assert read(KOREAN.replace("\n", "\r").encode()).nets == NETS


def test_bytes_that_are_no_text_are_quarantined_as_they_are() -> None:
    torn = b"SOLUSDT,\xff\xfe\x81\x00\x01\x02,2024-01-03\n"
    reading = read(KOREAN.encode() + torn)
    assert reading.refused[0].raw == torn


def test_a_mark_of_a_file_appended_half_way_is_no_part_of_a_cell() -> None:
    head, last = KOREAN.rsplit("\n", 2)[:2]
    assert read(f"{head}\n".encode("utf-8-sig") + f"{last}\n".encode("utf-8-sig")).nets == NETS


def test_short_words_are_decoded_as_the_rest_of_the_file_is() -> None:
    rows = "".join(
        f"2024年03月0{day}日 10:00:00,BTCUSDT,买入,40000,0.1,4\n"
        f"2024年03月0{day}日 11:00:00,BTCUSDT,卖出,40100,0.1,4\n"
        for day in range(1, 7)
    )
    header = "成交时间,交易对,方向,成交价,成交数量,手续费\n"
    reading = read(header.encode() + rows.encode("gb18030"))
    assert reading.nets == ["2.00000000"] * 6


def test_letters_that_are_valid_utf_8_by_chance_are_read_as_the_file_is_written() -> None:
    header = "交易对,方向,平仓时间,开仓价,平仓价,数量,手续费,盈亏,原因\n"
    rows = "".join(
        f"BTCUSDT,做多,2024-03-0{day} 10:00:00,40000,40100,1,40.05,59.95,{reason}\n"
        for day, reason in enumerate(("止损", "止盈", "信号", "止盈"), start=1)
    )
    reading = read((header + rows).encode("gb18030"))
    assert [trade.exit_reason for trade in reading.trades] == ["止损", "止盈", "信号", "止盈"]


@pytest.mark.parametrize("encoding", ["cp1252", "latin-1", "utf-8", "utf-16"])
def test_spaces_before_thousands_that_do_not_break_are_text(encoding: str) -> None:
    row = "BTC-USDT;LONG;2024-03-{:02} 10:00:00;{}1\u00a0{:03},25;trend flip\n"
    log = "symbol;side;time;pnl;reason\n"
    log += "".join(row.format(at, "-" * (at % 2), at * 137 % 1000) for at in range(1, 20))
    assert len(read(log.encode(encoding)).trades) == 19
